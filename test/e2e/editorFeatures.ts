/** Editor features as a user sees them in the sample, which is read-only; those that edit are in writtenRules.ts. */
import { Suite } from '../extension/runner.ts';
import { chain, ruleLine, sample } from './sample.ts';
import type { Window } from './window.ts';

/** The first rule that shares edge/np-cluster's packets. */
const shareLine =
  sample.findIndex((line) => line.startsWith(`-A ${chain} `) && line.includes('statistic')) + 1;

export function editorFeatures(window: Window): Suite {
  const suite = new Suite('editor features');
  const { page } = window;
  suite.test('hints tell names and shares beside the rules', async () => {
    await window.command('View: Toggle Primary Side Bar Visibility');
    await window.untilRead();
    await window.goTo(shareLine, (sample[shareLine - 1] ?? '').length);
    await page.locator('.monaco-editor .view-line', { hasText: '33.3 %' }).first().waitFor();
    await window.screenshot('inlay-hints');
    await window.command('View: Toggle Primary Side Bar Visibility');
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
  suite.test('symbols of the document and of all are found by the names of Services', async () => {
    for (const [key, name, typed] of [
      ['Control+Shift+o', 'symbols-of-document', '@np-cluster'],
      ['Control+t', 'symbols-of-workspace', '#np-cluster'],
    ] as const) {
      await page.keyboard.press(key);
      await page.locator('.quick-input-widget:visible input').first().fill(typed);
      await window.quickPickRow('edge/np-cluster:http').waitFor();
      await window.screenshot(name);
      await page.keyboard.press('Escape');
    }
  });
  return suite;
}
