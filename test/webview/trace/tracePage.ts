/** Opens the trace panel in Chromium. */
import type { Browser } from 'playwright-core';
import type { TracePanelContract } from '../../../src/protocol/tracePanel.ts';
import { PanelPage, type PanelOptions } from '../shared/panelPage.ts';
import type { TraceHost } from './traceHost.ts';

export type TracePage = PanelPage<TracePanelContract>;

export async function openTrace(
  browser: Browser,
  host: TraceHost,
  options: PanelOptions,
): Promise<TracePage> {
  const kind = { name: 'trace', entry: 'src/webview/trace/main.ts', parts: ['answer-summary'] };
  const panel = await PanelPage.open<TracePanelContract>(browser, kind, host, options);
  await panel.page.locator('flow-form').waitFor();
  return panel;
}
