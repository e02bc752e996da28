import type { Browser } from 'playwright-core';
import { Window } from './window.ts';

/** What `npm start` leads to: a question with its answer, the Rules view by Service, and one click to the next answer. */
export async function startPage(browser: Browser, address: string, screenshots: string): Promise<void> {
  const window = await Window.open(browser, address, screenshots);
  const panel = window.webview();
  await panel.getByRole('heading', { name: /Rejected: shop\/no-endpoints:http has no endpoints/ }).waitFor();
  await window.row(/^shop/).waitFor();
  await window.screenshot('start');
  await window.page.setViewportSize({ width: 1024, height: 768 });
  await window.screenshot('start-1024');
  await window.theme('Light Modern');
  await window.page.locator('.monaco-workbench.vs').waitFor();
  await window.screenshot('start-light-1024');
  await window.page.setViewportSize({ width: 1280, height: 800 });
  await window.screenshot('start-light');
  await panel.getByRole('button', { name: 'Next Step' }).click();
  await panel.getByRole('heading', { name: /Forwarded to one of 3 endpoints of shop\/three:http/ }).waitFor();
  await window.screenshot('start-next');
}
