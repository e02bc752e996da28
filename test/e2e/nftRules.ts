/** A file of nftables in a real window: its colours, outline, a hover, a problem, completion. */
import * as assert from 'node:assert/strict';
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

/** Lines, from 1, of the file that scripts/test-extension.mjs writes (`nftables/nftables.conf`). */
const lines = { jump: 23 };

export function nftRules(window: Window): Suite {
  const suite = new Suite('rules of nftables');
  const { page } = window;

  suite.test('open in their language, coloured', async () => {
    await window.command('View: Close All Editors');
    await page.keyboard.press('Control+p');
    await window.pick('nftables/nftables.conf', 'nftables.conf');
    await page.locator('.monaco-editor .view-line', { hasText: 'table inet filter' }).first().waitFor();
    await page.getByRole('button', { name: 'nftables rules' }).first().waitFor();
    const colours = await page
      .locator('.monaco-editor .view-line', { hasText: 'iifname != $wan' })
      .first()
      .locator('span[class^="mtk"]')
      .evaluateAll((spans) => new Set(spans.map((span) => span.className)).size);
    assert.ok(colours > 3, `the rule has ${colours} colours`);
    await window.screenshot('nftables');
  });
  suite.test('tell of a chain who leads to it', async () => {
    // A tab counts as four columns.
    await window.goTo(lines.jump, 16);
    await window.command('Show or Focus Hover');
    await page.locator('.monaco-hover', { hasText: 'Led to from' }).first().waitFor();
    await window.screenshot('nftables-hover', 'stays');
    await page.keyboard.press('Escape');
  });
  suite.test('have their chains in the outline', async () => {
    await page.keyboard.press('Control+Shift+o');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'services' }).first().waitFor();
    await window.screenshot('nftables-outline');
    await page.keyboard.press('Escape');
  });
  suite.test('say what nft would refuse', async () => {
    await window.goTo(lines.jump, 200);
    await page.keyboard.press('End');
    await page.keyboard.insertText('x');
    await page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await window.command('Problems: Focus on Problems View');
    await page.locator('.markers-panel', { hasText: 'No chain servicesx' }).first().waitFor();
    await window.screenshot('nftables-problem');
    await window.goTo(lines.jump, 200);
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.locator('.monaco-editor .squiggly-error').first().waitFor({ state: 'detached' });
    await window.command('View: Close All Editors');
  });
  return suite;
}
