/** The first rows of the Rules view: what the node is, seen at once in every theme, and in a narrow window. */
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

/** Name of pictures, label, and what the workbench is called in it. */
type Themes = readonly (readonly [name: string, label: string, kind: string])[];

export function nodeAtAGlance(window: Window, themes: Themes): Suite {
  const suite = new Suite('the node at a glance');
  const { page } = window;
  suite.test('is open on top, and says what there is', async () => {
    await page.locator('.part.sidebar .monaco-list').first().focus();
    await page.keyboard.press('Home');
    await window.row(/^Node at a Glance/i).waitFor();
    for (const line of [/^Node/u, /^Services/u, /^Findings/u]) await window.row(line).waitFor();
  });
  for (const [name, label, kind] of themes) {
    suite.test(`in ${label}`, async () => {
      await window.theme(label);
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
      await window.screenshot(`glance-${name}`);
      await page.setViewportSize({ width: 420, height: 800 });
      await window.screenshot(`glance-${name}-420`);
      await page.setViewportSize({ width: 1280, height: 800 });
    });
  }
  suite.test('Dark Modern stays', () => window.theme('Dark Modern'));
  return suite;
}
