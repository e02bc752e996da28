/** A step of a question or a lesson beneath its answer. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guide } from '../../../src/protocol/tracePanel.ts';
import { launch } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { darkModern } from '../shared/themes/darkModern.ts';
import { themes } from '../shared/themes/all.ts';
import { realHost } from './realHost.ts';
import type { TraceHost } from './traceHost.ts';
import { openTrace } from './tracePage.ts';

const folder = 'out/screenshots/webview/guide';
const form = { from: 'pod:10.244.1.7', to: 'shop/no-endpoints:http' };
const text = 'No rule of table nat knows it. Next, ask shop/three.';
const guide: Guide = { id: 'refused', title: 'Why is it refused?', step: 0, steps: 2, text, ...form };
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

function hostWith(shown: Guide): TraceHost {
  const host = realHost('media/samples/refused', form);
  return Object.assign(host, { opened: { ...host.opened, guide: shown } });
}

test('it stands beneath the answer, asks for the next step, and goes with another packet', async () => {
  const panel = await openTrace(browser, hostWith(guide), { theme: darkModern, width: 1280 });
  const line = panel.page.getByRole('complementary', { name: guide.title });
  await line.getByText(text).waitFor();
  expect(await line.getByRole('heading').textContent()).toBe('Why is it refused? · 1 of 2');
  await line.getByRole('button', { name: 'Next Step' }).click();
  await expect.poll(() => panel.host.told.at(-1)).toEqual({ type: 'guideNext' });
  await panel.page.getByRole('combobox', { name: 'To', exact: true }).fill('shop/three:http');
  await panel.page.getByRole('button', { name: 'Trace', exact: true }).click();
  await panel.page.getByRole('heading', { name: /Forwarded to one of 3/ }).waitFor();
  expect(await line.count()).toBe(0);
  await panel.page.getByRole('button', { name: /^Back to the earlier trace/ }).click();
  await line.getByRole('button', { name: 'Close the guide' }).click();
  await line.waitFor({ state: 'detached' });
  await expect.poll(() => panel.host.states.at(-1)?.guide).toBeUndefined();
  expect(panel.problems).toEqual([]);
  await panel.close();
});

test('at its last step there is no next one', async () => {
  const panel = await openTrace(browser, hostWith({ ...guide, step: 1 }), { theme: darkModern, width: 420 });
  await panel.page.getByText('Why is it refused? · 2 of 2').waitFor();
  expect(await panel.page.getByRole('button', { name: 'Next Step' }).count()).toBe(0);
  expect(await panel.sideways()).toBe(0);
  await panel.close();
});

test.each(themes)('in $name', async (theme) => {
  for (const width of [1280, 420]) {
    const panel = await openTrace(browser, hostWith(guide), { theme, width });
    await panel.page.getByText(text).waitFor();
    await panel.page.screenshot({ path: `${folder}/${theme.name}-${width}.png` });
    expect(await seriousFindings(panel.page)).toEqual([]);
    await panel.close();
  }
});
