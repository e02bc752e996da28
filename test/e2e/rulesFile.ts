/** A large dump opened as a rules file: the server reads it, and VS Code hands it to no extension. */
import * as assert from 'node:assert/strict';
import { Suite } from '../extension/runner.ts';
import { LARGE_PATIENCE, type Window } from './window.ts';

/** The path of the dump, on the machine that serves the window. */
export function rulesFile(window: Window, path: string): Suite {
  const suite = new Suite('a rules file', 2 * LARGE_PATIENCE);
  const { page } = window;
  const line = (text: string | RegExp) =>
    page.locator('.monaco-editor .view-line', { hasText: text }).first();
  suite.test('the command reads it, and shows its hooks', async () => {
    await window.command('View: Close All Editors');
    await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    await window.command('kube-proxy: Show Rules by Hook');
    await window.command('kube-proxy: Open Rules File…');
    await window.chooseFile(path, 'Open');
    await window.row(/^PREROUTING/).waitFor({ timeout: LARGE_PATIENCE });
  });
  suite.test('by Service, it has all of them', async () => {
    await window.command('kube-proxy: Show Rules by Service');
    await window.expand(/^tenant-0/);
    await window.screenshot('rules-file-tree');
  });
  suite.test('a Service leads to its chain, with colours', async () => {
    await window.command('kube-proxy: Go to Service');
    await page.locator('.quick-input-widget:visible input').first().fill('app-04737');
    await window.quickPickRow('tenant-17/app-04737:http').waitFor();
    await page.keyboard.press('Enter');
    const rule = line('tenant-17/app-04737:http cluster IP');
    await rule.waitFor();
    await rule.locator('span span').nth(6).waitFor();
    await page.locator('.tab.active', { hasText: 'KUBE-SERVICES' }).waitFor();
    await window.screenshot('rules-file-chain');
  });
  suite.test('a hover on the chain names the endpoints', async () => {
    const rule = line('tenant-17/app-04737:http cluster IP');
    const chain = rule.locator('span', { hasText: /^KUBE-SVC-/ }).last();
    await chain.hover();
    await page.locator('.monaco-hover:visible').getByText('20.0 %').first().waitFor();
    await window.screenshot('rules-file-hover', 'stays');
    await page.keyboard.press('Escape');
  });
  suite.test('F12 leads to another chain', async () => {
    const target = line('tenant-17/app-04737:http cluster IP')
      .locator('span', { hasText: /^KUBE-SVC-/ })
      .last();
    const name = await target.innerText();
    await target.click();
    await page.keyboard.press('F12');
    await page.locator('.tab.active', { hasText: name.trim() }).waitFor();
    await line(/^\*nat/).waitFor();
    await window.screenshot('rules-file-definition');
  });
  suite.test('its problems stand in the Problems view, and lead to their chains', async () => {
    await window.command('View: Focus Problems');
    const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'endpoints' }).first();
    await problem.waitFor();
    await window.screenshot('rules-file-problems');
    await problem.dblclick();
    await page.locator('.breadcrumbs-control', { hasText: 'filter' }).waitFor();
    await window.command('View: Hide Panel');
  });
  suite.test('closing it takes its tree and its chains away', async () => {
    await window.command('kube-proxy: Close Rules File');
    await page.locator('.part.sidebar').getByRole('button', { name: 'Open a Dump' }).waitFor();
    assert.equal(await page.locator('.tab', { hasText: 'KUBE-' }).count(), 0);
    await window.screenshot('rules-file-closed');
  });
  return suite;
}
