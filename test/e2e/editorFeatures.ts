/** Editor features as a user sees them in the sample, which is read-only; those that edit are asked of test/extension. */
import type { Window } from './window.ts';
import { Suite } from '../extension/runner.ts';
import { chainColumn, ruleLine } from './sample.ts';

export function editorFeatures(window: Window): Suite {
  const suite = new Suite('editor features');
  const { page } = window;
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
  return suite;
}
