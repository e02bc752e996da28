/** What people have in place of a dump: rules in the clipboard, a listing, a diff of one. */
import * as assert from 'node:assert/strict';
import { Suite } from '../extension/runner.ts';
import { chain, sample } from './sample.ts';
import type { Window } from './window.ts';

/** As copied from a terminal: one command, and what it printed. */
const GREP = [
  '$ sudo iptables-save | grep np-cluster',
  ...sample.filter((line) => line.startsWith('-A ') && line.includes('edge/np-cluster')),
].join('\n');

/** `diff`: the path of a diff of the sample's listing. */
export function pastedRules(window: Window, diff: string): Suite {
  const suite = new Suite('pasted rules');
  const { page } = window;
  const editorLine = (text: string) => page.locator('.monaco-editor .view-line', { hasText: text }).first();
  const closeAll = async (): Promise<void> => {
    await window.command('View: Close All Editors');
    // What was pasted has no file: VS Code in the browser asks whether to keep it.
    const leave = page.getByRole('button', { name: "Don't Save" });
    await leave.or(page.locator('.tabs-container:not(:has(.tab))')).first().waitFor({ state: 'attached' });
    if (await leave.isVisible()) await leave.click();
    await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
  };

  suite.test('Explore Pasted Rules opens what the clipboard holds, by Service', async () => {
    await closeAll();
    // A page may read the clipboard only while it has the focus, and only once somebody has agreed.
    await page.evaluate(`{ navigator.clipboard.readText = async () => ${JSON.stringify(GREP)}; }`);
    await window.command('kube-proxy: Explore Pasted Rules');
    await editorLine(chain).waitFor();
    await window.expand(/^edge/);
    await window.scrollTo(/^np-cluster/);
    assert.equal(await page.locator('.tabs-container .tab').count(), 1);
    await window.screenshot('pasted-rules');
  });
  suite.test('a clipboard without rules says what it holds, and what to copy', async () => {
    await page.evaluate("{ navigator.clipboard.readText = async () => 'Dear all,'; }");
    await window.command('kube-proxy: Explore Pasted Rules');
    await page.getByText('holds no rules of iptables').first().waitFor();
    await window.command('Notifications: Clear All Notifications');
  });
  suite.test('Convert Listing to Rules writes a listing as iptables-save would', async () => {
    await closeAll();
    await page.keyboard.press('Control+p');
    await window.pick('listing/iptables-L', 'iptables-L.txt');
    await editorLine('Chain PREROUTING').waitFor();
    await window.untilRead();
    await window.screenshot('listing');
    await window.command('kube-proxy: Convert Listing to Rules');
    await editorLine('*nat').waitFor();
    await window.screenshot('listing-converted');
    await window.command('View: Close Editor');
    await page.getByRole('button', { name: "Don't Save" }).click();
    await editorLine('Chain PREROUTING').waitFor();
  });
  suite.test('Apply Diff opens what the diff makes of the rules beside them', async () => {
    await window.command('kube-proxy: Apply Diff to Rules…');
    await window.chooseFile(diff, 'Apply');
    await page.locator('.split-view-view.visible .editor-group-container').nth(1).waitFor();
    const changed = page
      .locator('.editor-group-container.active .view-line', { hasText: 'to:10.244.1.99:8080' })
      .first();
    await window.goTo(30, 1);
    await changed.waitFor();
    await window.screenshot('listing-diff-applied');
  });
  suite.test('everything is as before', async () => {
    await closeAll();
  });
  return suite;
}
