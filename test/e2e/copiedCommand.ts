/** What a panel copies as a command line, run as somebody would who pastes it. */
import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Window } from './window.ts';

const root = join(import.meta.dirname, '..', '..');

/** Holds the headline of the copied command's answer to the panel's. */
export async function copiedSaysTheSame(window: Window): Promise<void> {
  const shown = await window.webview().locator('answer-summary h1').innerText();
  const command = await copied(window, /command line/i);
  const sample = join(root, 'media', 'samples');
  // A sample has no path of its own, and the program may not be installed.
  const line = command
    .replace(/^kube-proxy-explorer /, `'${process.execPath}' '${join(root, 'dist', 'cli.js')}' `)
    .replace(/kube-proxy-sample:\/*/, `${sample}/`);
  const said = execFileSync('sh', ['-c', line], { encoding: 'utf8', cwd: root });
  const [headline = ''] = plainly(said.slice(2)).split(/(?<=\.) (?=[A-Z])/);
  assert.ok(plainly(shown).endsWith(headline), `${line}\n${said}\nis not ${shown}`);
}

/** What an item of *Copy as* gives. The text is taken on its way to the clipboard: a page may read that only while it has the focus. */
export async function copied(window: Window, item: RegExp): Promise<string> {
  const { page } = window;
  const given = page.evaluate<string>(
    'new Promise((resolve) => { navigator.clipboard.writeText = async (given) => resolve(given); })',
  );
  // Together: a click that fails ends the wait for the text, too.
  const [text] = await Promise.all([given, chooseItem(window, item)]);
  return text;
}

async function chooseItem(window: Window, item: RegExp): Promise<void> {
  const panel = window.webview();
  await panel.getByRole('button', { name: 'Copy as' }).click();
  await panel.getByRole('menuitem', { name: item }).click();
}

function plainly(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
