/** Editor features as a user sees them: a picture of each. */
import type { Window } from './window.ts';
import { Suite } from '../extension/runner.ts';
import { chainColumn, ruleLine } from './sample.ts';

export function editorFeatures(window: Window): Suite {
  const suite = new Suite('editor features');
  const { page } = window;
  const focused = page.locator('.suggest-widget.visible .monaco-list-row.focused');
  suite.test('completion lists values with the names of their Services', async () => {
    await window.goTo(ruleLine, 1);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('-A KUBE-SERVICES -d np-clu');
    await page.locator('.suggest-widget.visible').getByText('np-cluster').first().waitFor();
    await focused.waitFor();
    await window.screenshot('completion', 'stays');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Z');
    await window.command('File: Revert File');
  });
  suite.test('hints tell names and shares beside the rules', async () => {
    await window.goTo(ruleLine, chainColumn);
    await window.settle();
    await window.screenshot('inlay-hints');
  });
  suite.test('Go to Service finds by parts of a name', async () => {
    await window.command('kube-proxy: Go to Service');
    const input = page.locator('.quick-input-widget:visible input').first();
    await input.fill('np clus');
    await window.quickPickRow('edge/np-cluster:http').waitFor();
    await window.screenshot('go-to-service');
    await page.keyboard.press('Enter');
    await page.locator('.statusbar-item', { hasText: `Ln ${ruleLine},` }).waitFor();
  });
  suite.test('a chain is renamed where it stands', async () => {
    await window.goTo(ruleLine, chainColumn);
    await page.keyboard.press('F2');
    await page.locator('.rename-box').waitFor();
    await window.screenshot('rename', 'stays');
    await page.keyboard.press('Escape');
  });
  return suite;
}
