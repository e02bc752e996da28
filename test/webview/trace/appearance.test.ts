/**
 * Every state in every theme, and in a narrow column in one of them: nothing overflows sideways, axe finds nothing serious, and a
 * picture is left in out/screenshots/webview/ for eyes.
 */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { openTrace } from './tracePage.ts';
import { liveStates } from './liveStates.ts';
import { recordedStates } from './recordedStates.ts';
import { states as dumpStates } from './panelStates.ts';
import { highContrastDark } from '../shared/themes/highContrastDark.ts';
import { takesTurn } from '../shared/shots.ts';
import { themes } from '../shared/themes/all.ts';

const folder = 'out/screenshots/webview';
const sizes = [
  { width: 1280, height: 800 },
  // Beside an editor in a window of 1280 pixels.
  { width: 611, height: 720 },
  { width: 420, height: 900 },
];
const states = [...dumpStates, ...liveStates, ...recordedStates];
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

describe.each(themes)('$name', (theme) => {
  describe.each(sizes)('$width wide', (size) => {
    const shown = states.filter((_, index) => size.width > 1000 || takesTurn(index, theme));
    test.each(shown)('$name', async ({ name, host, arrange, settled }) => {
      const panel = await openTrace(browser, host(), { theme, ...size });
      await arrange?.(panel.page);
      await panel.page.getByText(settled).first().waitFor();
      await panel.page.evaluate(() => document.fonts.ready);
      await panel.page.screenshot({ path: `${folder}/${name}-${theme.name}-${size.width}.png` });
      expect(await panel.sideways(), 'pixels to scroll sideways').toBe(0);
      // Colours and roles are the same in a narrow column; once is enough.
      if (size.width > 1000) expect(await seriousFindings(panel.page)).toEqual([]);
      expect(panel.problems).toEqual([]);
      await panel.close();
    });
  });
});

test('where the system forces its colours, what is selected and what is active still stands out', async () => {
  const [forwarded] = states;
  if (forwarded === undefined) throw new Error('no state');
  const panel = await openTrace(browser, forwarded.host(), { theme: highContrastDark });
  await panel.page.emulateMedia({ forcedColors: 'active' });
  await panel.page.getByText(forwarded.settled).first().waitFor();
  await panel.page.screenshot({ path: `${folder}/forced-colors.png` });
  const selected = panel.page.locator('.ending[aria-selected="true"]');
  const outline = await selected.evaluate((row) => getComputedStyle(row).outlineStyle);
  expect(outline).toBe('solid');
  await panel.close();
});
