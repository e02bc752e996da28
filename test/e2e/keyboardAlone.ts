/** From the palette to an answer, through the panel and to the rule's line: no mouse. */
import * as assert from 'node:assert/strict';
import { Suite } from '../extension/runner.ts';
import { dnatLine } from './sample.ts';
import type { Window } from './window.ts';

/** More than the panel has controls. */
const MOST_TABS = 40;

/** What has the focus in the page of a panel: its role and its name, as they are written there. */
const FOCUSED = `(() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  const role = found.getAttribute('role') ?? found.localName;
  return role + ' ' + (found.getAttribute('aria-label') ?? found.textContent.trim());
})()`;

export function keyboardAlone(window: Window): Suite {
  const suite = new Suite('by the keyboard alone');
  const { page } = window;
  const { keyboard } = page;
  const panel = window.webview();
  const active = page.locator('.quick-input-list .monaco-list-row.focused');
  const focused = (): Promise<string> => panel.locator('body').evaluate(FOCUSED);
  const tabTo = async (name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (name.test(await focused())) return;
      await keyboard.press(key);
    }
    assert.fail(`${key} does not come to ${String(name)}, but to ${await focused()}`);
  };
  suite.test('the palette leads to an answer', async () => {
    await keyboard.press('Control+1');
    // The editor takes the focus in a while, and a palette that opened before would close.
    await page.locator('.monaco-editor.focused .view-lines').first().waitFor();
    await keyboard.press('F1');
    await page.locator('.quick-input-widget:visible input').first().waitFor();
    await keyboard.type('kube-proxy: Trace Packet…');
    await active.getByText('Trace Packet…').first().waitFor();
    await keyboard.press('Enter');
    await window.nextPickToType('1/2');
    await keyboard.type('client-1');
    await active.getByText('default/client-1').waitFor();
    await keyboard.press('Enter');
    await window.nextPickToType('2/2');
    await keyboard.type('np-clus');
    await active.getByText('edge/np-cluster:http').waitFor();
    await keyboard.press('Enter');
    await panel.locator('answer-summary h1', { hasText: 'edge/np-cluster:http' }).waitFor();
  });
  suite.test('an outcome is chosen, and Enter leads to the rule that decides it', async () => {
    await tabTo(/^listbox Outcomes/u);
    await keyboard.press('ArrowDown');
    await panel.getByRole('option', { selected: true, name: /10\.244\.2\.41:8080/u }).waitFor();
    await window.screenshot('keyboard-outcome');
    await keyboard.press('Enter');
    const line = dnatLine('10.244.2.41:8080');
    await page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
  });
  suite.test('the way back to the panel, and Escape out of what was opened there', async () => {
    await keyboard.press('Control+2');
    await tabTo(/^input Find among/u);
    await keyboard.type('kube-dns');
    await panel.locator('unmatched-search li').first().waitFor();
    await keyboard.press('Escape');
    await panel.locator('unmatched-search li').first().waitFor({ state: 'detached' });
    await tabTo(/^button .*Copy as/u, 'Shift+Tab');
    await keyboard.press('Enter');
    await panel.getByRole('menuitem').first().waitFor();
    await keyboard.press('Escape');
    await panel.getByRole('menuitem').first().waitFor({ state: 'detached' });
    assert.match(await focused(), /^button .*Copy as/u);
  });
  suite.test('a step of the path leads to its line', async () => {
    await tabTo(/^tree Path to 10\.244\.2\.41:8080/u);
    await keyboard.press('Home');
    const step = panel.getByRole('treeitem', { selected: true });
    while ((await step.count()) === 0 || !/DNAT/u.test((await step.textContent()) ?? ''))
      await keyboard.press('ArrowDown');
    await window.screenshot('keyboard-step');
    await keyboard.press('Enter');
    await page.locator('.statusbar-item', { hasText: `Ln ${dnatLine('10.244.2.41:8080')},` }).waitFor();
  });
  return suite;
}
