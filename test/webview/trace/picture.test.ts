/** The picture of a packet's way, of real rules: a keyboard walks it, a reader hears it, a narrow place turns it upright. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { darkModern } from '../shared/themes/darkModern.ts';
import { themes } from '../shared/themes/all.ts';
import { realHost } from './realHost.ts';
import { openTrace } from './tracePage.ts';

const pictures = 'out/screenshots/webview/picture';
const sample = 'media/samples/kube-proxy-1.36';
const nftables = 'media/samples/nftables-node';
const ipvs = 'media/samples/ipvs-node';
const toThree = { from: 'external:203.0.113.9', to: '192.168.0.2:30080' };
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

test('left and right go along the way, up and down between ways; Enter chooses', async () => {
  const panel = await openTrace(browser, realHost(sample, toThree), { theme: darkModern, width: 1280 });
  const picture = panel.page.getByRole('toolbar', { name: /^Picture of the way: / });
  const focused = panel.page.locator('way-picture g:focus');
  await picture.waitFor();
  expect(await picture.locator('[tabindex="0"]').count()).toBe(1);
  await picture.getByRole('button').first().focus();
  expect(await focused.getAttribute('aria-label')).toBe('PREROUTING mangle: passes');
  await panel.page.keyboard.press('ArrowRight');
  expect(await focused.getAttribute('aria-label')).toBe('PREROUTING nat: DNAT');
  for (let at = 0; at < 6; at++) await panel.page.keyboard.press('ArrowRight');
  const first = await focused.getAttribute('aria-label');
  expect(first).toMatch(/DNAT.*33\.3 %.*192\.168\.0\.2:30080 becomes 10\.244\./u);
  await panel.page.keyboard.press('ArrowDown');
  const second = await focused.getAttribute('aria-label');
  expect(second).not.toBe(first);
  await panel.page.keyboard.press('Enter');
  await panel.page.locator('way-picture g[aria-current="true"]:focus').waitFor();
  await panel.page.keyboard.press('ArrowLeft');
  expect(await focused.getAttribute('aria-label')).toBe('POSTROUTING nat: masquerade');
  await panel.page.keyboard.press('Enter');
  await panel.page.locator('way-picture [aria-current="step"][aria-label*="masquerade"]').waitFor();
  await expect.poll(() => panel.host.told.at(-1)?.type).toBe('highlight');
  // The outcome stays, and its path shows the rule.
  expect(await panel.page.locator('way-picture g[aria-current="true"]').getAttribute('aria-label')).toBe(
    second,
  );
  await panel.page.getByRole('treeitem', { selected: true, name: /MASQUERADE/ }).waitFor();
  expect(panel.problems).toEqual([]);
  await panel.close();
});

/** The first bytes of every PNG. */
const PNG = '89504e470d0a1a0a';
/** A machine under load takes its time to draw. */
const drawn = { timeout: 20_000 };

test('is saved as a file, or copied as PNG where the clipboard takes pictures', async () => {
  const host = realHost(sample, toThree);
  const panel = await openTrace(browser, host, { theme: darkModern, width: 1280 });
  const copyAs = async (format: string): Promise<void> => {
    await panel.page.getByRole('button', { name: /^Copy as|^Copied/ }).click();
    await panel.page.getByRole('menuitem', { name: format, exact: true }).click();
  };
  await copyAs('Picture in a file…');
  await expect.poll(() => host.paramsOf('savePicture').length, drawn).toBe(1);
  const [saved] = host.paramsOf('savePicture');
  const png = Buffer.from(saved?.png ?? '', 'base64');
  expect(png.subarray(0, 8).toString('hex')).toBe(PNG);
  expect(saved?.svg).toMatch(/^<svg /);
  writeFileSync(`${pictures}/saved.png`, png);
  await panel.page.evaluate(
    'navigator.clipboard.write = ([item]) => ((copied = item.types), Promise.resolve())',
  );
  await copyAs('PNG');
  await panel.page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await panel.page.evaluate('copied')).toEqual(['image/png']);
  expect(host.paramsOf('savePicture')).toHaveLength(1);
  await panel.page.evaluate('navigator.clipboard.write = () => Promise.reject(new Error("texts alone"))');
  await copyAs('PNG');
  await expect.poll(() => host.paramsOf('savePicture').length, drawn).toBe(2);
  expect(panel.problems).toEqual([]);
  await panel.close();
});

const packets = [
  ['one', sample, { from: 'pod:10.244.1.7', to: 'default/kubernetes:https' }, /100\.0 %/u],
  ['three', sample, toThree, /33\.3 %/u],
  ['fifty', sample, { from: 'pod:10.244.1.7', to: 'shop/fifty:http' }, /endpoints/u],
  [
    'stopped',
    sample,
    { from: 'pod:10.244.1.7', to: 'edge/np-noep:http' },
    /Stopped.*rejected by rule 6 of KUBE-SERVICES/u,
  ],
  ['nftables', nftables, toThree, /ip kube-proxy.*33\.3 %/u],
  ['ipvs', ipvs, toThree, /33\.3 %/u],
] as const;

test.each(packets)(
  '%s: from left to right where there is room, else upright',
  async (name, folder, form, says) => {
    const panel = await openTrace(browser, realHost(folder, form), { theme: darkModern, width: 1280 });
    const picture = panel.page.locator('way-picture svg');
    const shot = async (width: number): Promise<number> => {
      await panel.page.setViewportSize({ width, height: 1400 });
      await picture.waitFor();
      // The picture turns once its new size is told.
      await panel.page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => done(true))));
      const { width: across = 0 } = (await picture.boundingBox()) ?? {};
      await panel.page.screenshot({ path: `${pictures}/${name}-${width}.png` });
      expect(await panel.sideways()).toBe(0);
      expect(await picture.textContent()).toMatch(says);
      return across;
    };
    expect(await shot(1280)).toBeGreaterThan(600);
    expect(await seriousFindings(panel.page)).toEqual([]);
    expect(await shot(420)).toBeLessThan(400);
    expect(panel.problems).toEqual([]);
    await panel.close();
  },
);

test.each(themes)('in $name', async (theme) => {
  const panel = await openTrace(browser, realHost(sample, toThree), { theme, width: 1280 });
  await panel.page.locator('way-picture svg').waitFor();
  await panel.page.screenshot({ path: `${pictures}/three-${theme.name}.png` });
  expect(await seriousFindings(panel.page)).toEqual([]);
  await panel.close();
});
