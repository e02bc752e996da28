/** Flows as tests, and What If, as a user meets them; each with its picture. */
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

/** Of `refused/flows.jsonl`, which scripts/test-extension.mjs writes. */
export async function runFlows(window: Window): Promise<void> {
  const { page } = window;
  await page.keyboard.press('Control+p');
  await window.pick('refused/flows', 'flows.jsonl');
  const runAll = page.locator('.codelens-decoration a', { hasText: 'Run All' });
  await runAll.waitFor();
  await runAll.click();
  await page.locator('.codelens-decoration a', { hasText: 'Expect reject' }).waitFor();
}

export function flowTests(window: Window): Suite {
  const suite = new Suite('flow tests');
  const { page } = window;
  suite.test('lines are run from a lens, and what ends otherwise says so', async () => {
    await window.command('View: Close All Editors');
    await runFlows(window);
    await window.screenshot('flow-tests-lens');
  });
  suite.test('the Testing view has them by file', async () => {
    await window.command('View: Show Testing');
    await window.expand(/refused\/flows/);
    await window.row('the shop is open').waitFor();
    await window.screenshot('flow-tests-view');
  });
  suite.test('completion offers what may be expected', async () => {
    await window.goTo(2, 1);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await window.command('Trigger Suggest');
    await page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'forward' }).first().waitFor();
    await window.screenshot('flow-tests-completion');
    await page.keyboard.press('Escape');
  });
  suite.test('What If stands beside what it changes', async () => {
    await window.command('View: Close All Editors');
    await page.keyboard.press('Control+p');
    await window.pick('refused/iptables-save', 'iptables-save.txt');
    await window.untilRead();
    await window.command('kube-proxy: What If…');
    await window.webview().getByText('Nothing changed').first().waitFor();
    await window.screenshot('what-if-same');
    await page.locator('.tab', { hasText: '(what if)' }).first().click();
    await window.command('Replace');
    await page.locator('.find-widget.visible textarea').first().fill(':FORWARD ACCEPT');
    await page.locator('.find-widget.visible textarea').nth(1).fill(':FORWARD DROP');
    await page.keyboard.press('Control+Alt+Enter');
    await page.keyboard.press('Escape');
    await window.webview().getByText('do not arrive any more').first().waitFor();
    await window.screenshot('what-if-changed');
    await window.command('View: Revert and Close Editor');
    await window.command('View: Close All Editors');
  });
  return suite;
}
