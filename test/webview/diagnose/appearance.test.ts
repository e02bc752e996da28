/** Every state in every theme, and narrow in one of them: nothing overflows sideways, axe finds nothing serious, a picture is left for eyes. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DiagnoseAnswer } from '../../../src/protocol/diagnosis.ts';
import { launch } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { takesTurn } from '../shared/shots.ts';
import { themes } from '../shared/themes/all.ts';
import { diagnosed, DiagnoseHost, openDiagnose } from './diagnoseHost.ts';

const folder = 'out/screenshots/webview/diagnose';
const sizes = [
  { width: 1280, height: 800 },
  // Beside an editor.
  { width: 600, height: 800 },
  { width: 420, height: 900 },
];

/** In front of kube-proxy's own: node ports are dropped from outside. */
const dropNodePort = (rules: string): string =>
  rules.replace(
    /(\*filter\n(?::.*\n)*)/,
    '$1-A FORWARD -s 0.0.0.0/0 -i eth0 -p tcp -m tcp --dport 8080 -m comment --comment corp-fw -j DROP\n',
  );

interface State {
  readonly name: string;
  readonly answer: DiagnoseAnswer;
  readonly says: string;
}

const states: readonly State[] = [
  { name: 'works', answer: diagnosed('edge/np-cluster'), says: 'np-cluster' },
  { name: 'dropped', answer: diagnosed('edge/np-cluster', dropNodePort), says: 'Dropped' },
  { name: 'empty', answer: diagnosed('shop/no-endpoints'), says: 'has no ready endpoints' },
  { name: 'ranges', answer: diagnosed('edge/lb-ranges'), says: 'lb-ranges' },
  { name: 'fifty', answer: diagnosed('shop/fifty'), says: 'fifty' },
  { name: 'headless', answer: diagnosed('shop/headless'), says: 'headless' },
  { name: 'wrong', answer: diagnosed('shop/thre'), says: 'could not be diagnosed' },
];

let browser: Browser;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

describe.each(themes)('$name', (theme) => {
  describe.each(sizes)('$width wide', (size) => {
    const shown = states.filter((_, index) => size.width > 1000 || takesTurn(index, theme));
    test.each(shown)('$name', async ({ name, answer, says }) => {
      const host = new DiagnoseHost(() => Promise.resolve(answer));
      const panel = await openDiagnose(browser, host, { theme, ...size });
      await panel.page.getByRole('heading', { level: 1 }).waitFor();
      await panel.page.evaluate(() => document.fonts.ready);
      await panel.page.screenshot({ path: `${folder}/${name}-${theme.name}-${size.width}.png` });
      expect(await panel.page.getByRole('heading', { level: 1 }).innerText()).toContain(says);
      expect(await panel.sideways(), 'pixels to scroll sideways').toBe(0);
      // Colours and roles are the same in a narrow column; once is enough.
      if (size.width > 1000) expect(await seriousFindings(panel.page)).toEqual([]);
      expect(panel.problems).toEqual([]);
      await panel.close();
    });
  });
});
