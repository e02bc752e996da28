/** What an editor does for who writes rules: each feature once in a real window, with its picture. */
import type { Locator } from 'playwright-core';
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

/** Lines, from 1, of the rules that scripts/test-extension.mjs writes. */
const lines = { header: 1, table: 2, policy: 3, chain: 6, jump: 7, state: 8, mark: 9, set: 10, last: 12 };

/** `rules`: the text of the file. */
export function writtenRules(window: Window, rules: string): Suite {
  const suite = new Suite('written rules');
  const { page } = window;
  const editorLine = (text: string | RegExp): Locator =>
    page.locator('.monaco-editor .view-line', { hasText: text }).first();
  /** A new line below the last rule, with the words so far. */
  const write = async (words: string): Promise<void> => {
    await window.goTo(lines.last, 200);
    await page.keyboard.press('End');
    await page.keyboard.insertText(`\n${words}`);
  };
  const suggested = (text: string): Locator =>
    page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }).first();
  /** VS Code in the browser saves by itself, so that nothing can be reverted. */
  const undoAll = async (): Promise<void> => {
    await page.keyboard.press('Escape');
    await window.goTo(1, 1);
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(rules);
  };

  suite.test('they open, and are read', async () => {
    await window.command('View: Close All Editors');
    await page.keyboard.press('Control+p');
    await window.pick('written/iptables-save', 'iptables-save.txt');
    await window.untilRead();
    await window.command('View: Toggle Primary Side Bar Visibility');
  });
  suite.test('completion offers options, and values with what they are', async () => {
    await write('-A INPUT ');
    await window.command('Trigger Suggest');
    await suggested('-j').waitFor();
    await window.screenshot('completion-options');
    await page.keyboard.press('Escape');
    await page.keyboard.insertText('-d ');
    await window.command('Trigger Suggest');
    await suggested('10.').waitFor();
    await window.screenshot('completion-addresses');
    await page.keyboard.press('Escape');
    await page.keyboard.insertText('10.96.0.1 -m conntrack --ctstate ');
    await window.command('Trigger Suggest');
    await suggested('ESTABLISHED').waitFor();
    await window.screenshot('completion-states');
    await page.keyboard.press('Escape');
    await page.keyboard.insertText('NEW -j ');
    await window.command('Trigger Suggest');
    await suggested('web').waitFor();
    await window.screenshot('completion-targets');
    await suggested('web').click();
    await editorLine('--ctstate NEW -j web').waitFor();
    await undoAll();
  });
  suite.test('the values of an option are told while they are written', async () => {
    await write('-A INPUT -m set --match-set allowed ');
    await window.command('Trigger Parameter Hints');
    await page.locator('.parameter-hints-widget.visible').waitFor();
    await window.screenshot('signature-help');
    await undoAll();
  });
  suite.test('a chain is renamed in all its places', async () => {
    await window.goTo(lines.chain, 3);
    await page.keyboard.press('F2');
    const input = page.locator('.rename-box input').first();
    await input.waitFor();
    await window.screenshot('rename');
    await input.fill('site');
    await page.keyboard.press('Enter');
    await editorLine('-A site -j DROP').waitFor();
    await editorLine('--dport 80 -j site').waitFor();
    await window.screenshot('renamed');
    await undoAll();
  });
  suite.test('a name is edited in all its places at once', async () => {
    await window.goTo(lines.chain, 5);
    await page.locator('.monaco-editor .linked-editing-decoration').first().waitFor();
    await page.keyboard.type('site');
    await editorLine('-A website -j DROP').waitFor();
    await window.screenshot('linked-editing');
    await undoAll();
  });
  suite.test('a selection grows from a value to its option, its match, its rule', async () => {
    await window.goTo(lines.state, 54);
    for (const [count, name] of [
      [2, 'option'],
      [4, 'rule'],
    ] as const) {
      for (let times = 0; times < count; times++) await page.keyboard.press('Shift+Alt+ArrowRight');
      await window.screenshot(`selection-${name}`);
    }
    await page.keyboard.press('ArrowLeft');
  });
  suite.test('Format Document aligns rules', async () => {
    await window.command('Format Document');
    await editorLine('[90210:54000000] -A INPUT -i cni0').waitFor();
    await window.screenshot('formatted');
    await undoAll();
  });
  for (const [name, line, column, says] of [
    ['header', lines.header, 20, 'whose rules live in nftables'],
    ['table', lines.table, 3, 'filter'],
    ['policy', lines.policy, 9, 'thrown away'],
    ['counters', lines.jump, 4, '90,210'],
    ['interface', lines.jump, 33, '10.244.1.1'],
    ['mark', lines.mark, 58, 'masquerade'],
    ['set', lines.set, 52, 'hash:net'],
  ] as const) {
    suite.test(`the hover on the ${name} says what it is`, async () => {
      await window.goTo(line, column);
      await window.command('Show or Focus Hover');
      await page.locator('.monaco-hover:visible', { hasText: says }).first().waitFor();
      await window.screenshot(`hover-${name}`, 'stays');
      await page.keyboard.press('Escape');
    });
  }
  suite.test('everything is as before', async () => {
    await window.command('View: Toggle Primary Side Bar Visibility');
    await window.command('View: Close All Editors');
  });
  return suite;
}
