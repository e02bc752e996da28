/** Settings as a user writes them into a file, and what they change in the window at once. */
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

const LOOKS = [
  ['dark', 'Dark Modern', 'vs-dark'],
  ['light', 'Light Modern', 'vs'],
  ['high-contrast-dark', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
] as const;

export function settings(window: Window): Suite {
  const suite = new Suite('settings');
  const { page } = window;
  const write = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
    await window.command('Preferences: Open Workspace Settings (JSON)');
    await page.locator('.tab.active', { hasText: 'settings.json' }).waitFor();
    await page.locator('.editor-group-container.active .view-line').first().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(JSON.stringify(values));
    await window.command('File: Save');
    await page.locator('.tab.active:not(.dirty)', { hasText: 'settings.json' }).waitFor();
    await window.command('View: Close Editor');
  };
  const open = async (folder: string): Promise<void> => {
    await window.command('View: Close All Editors');
    await page.keyboard.press('Control+p');
    await window.pick(`${folder}/iptables-save`, 'iptables-save.txt');
    await window.untilRead();
  };
  const problem = (text: string) => page.locator('.markers-panel .monaco-list-row', { hasText: text });

  suite.test('a kind of problem is as grave as they say, or not shown', async () => {
    await open('broken');
    await window.command('View: Focus Problems');
    await problem('bad-probability').locator('.codicon-error').first().waitFor();
    await problem('undefined-jump-target').first().waitFor();
    await write({
      'kubeProxy.problems.levels': { 'bad-probability': 'information', 'undefined-jump-target': 'off' },
    });
    await problem('bad-probability').locator('.codicon-info').first().waitFor();
    await problem('undefined-jump-target').first().waitFor({ state: 'detached' });
    await window.screenshot('problem-levels');
    await write({});
    await problem('undefined-jump-target').first().waitFor();
    await window.command('View: Hide Panel');
  });
  suite.test('counters are marked behind their rules', async () => {
    await write({ 'kubeProxy.counters.decorations': true });
    await open('written');
    await window.settle();
  });
  for (const [name, label, kind] of LOOKS) {
    suite.test(`the marks of counters in ${label}`, async () => {
      await window.theme(label);
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
      await window.screenshot(`counters-${name}`);
    });
  }
  suite.test('everything is as before', async () => {
    await window.theme('Dark Modern');
    await write({});
    await window.command('View: Close All Editors');
  });
  return suite;
}
