/** The panel over dumps of real kube-proxies: what the engine and the narrative say must fit it, in every theme's picture. */
import { mkdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { launch, rowText } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { openTrace } from './tracePage.ts';
import { realHost } from './realHost.ts';
import type { EditRules } from './realHost.ts';
import { darkModern } from '../shared/themes/darkModern.ts';
import { lightModern } from '../shared/themes/lightModern.ts';

const folder = 'out/screenshots/webview/real';
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

interface Packet {
  readonly name: string;
  readonly dump: string;
  readonly form: Partial<FlowForm>;
  readonly edit?: EditRules;
  /** What the headline says. */
  readonly says: RegExp;
}

/** Rules and objects alone: much is not known. */
const bare = 'test/dumps/1.36.3';
/** With the node's addresses, routes and settings. */
const whole = 'media/samples/kube-proxy-1.36';

/** A rule that asks for a set which no file of the snapshot has. */
const blocking: EditRules = (rules) =>
  rules.replace(/(\*filter\n(?::.*\n)*)/, '$1-A FORWARD -m set --match-set blocked src -j DROP\n');

const packets: readonly Packet[] = [
  {
    name: 'unknown',
    dump: whole,
    form: { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' },
    edit: blocking,
    says: /^It depends/,
  },
  {
    name: 'clusterip',
    dump: whole,
    form: { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' },
    says: /edge\/np-cluster:http/,
  },
  {
    name: 'nodeport',
    dump: whole,
    form: { from: 'external:203.0.113.9', to: '192.168.0.2:30080' },
    says: /edge\/np-cluster:http/,
  },
  {
    name: 'rejected',
    dump: whole,
    form: { from: 'pod:10.244.1.7', to: 'edge/np-noep:http' },
    says: /edge\/np-noep:http/,
  },
  {
    name: 'dropped',
    dump: whole,
    form: { from: 'external:192.0.2.7', to: '203.0.113.16:80' },
    says: /./,
  },
  {
    name: 'no-local',
    dump: whole,
    form: { from: 'external:198.51.100.7', to: '203.0.113.14:80' },
    says: /./,
  },
  {
    name: 'unanswered',
    dump: whole,
    form: { from: 'pod:10.244.1.7', to: '10.96.0.10', protocol: 'icmp' },
    says: /^Not answered:\s+Nobody answers there: 10\.96\.0\.10 is the ClusterIP of kube-system\/kube-dns/,
  },
  {
    name: 'fifty',
    dump: whole,
    form: { from: 'pod:10.244.1.7', to: 'shop/fifty:http' },
    says: /50 endpoints of shop\/fifty:http/,
  },
  {
    name: 'sticky',
    dump: bare,
    form: { from: 'external:198.51.100.7', to: '203.0.113.20:443', protocol: 'udp' },
    says: /./,
  },
  {
    name: 'ipv6',
    dump: whole,
    form: { from: 'pod:fd00:10:244:1::7', to: '[fd00:10:244:2::9]:8080' },
    says: /./,
  },
];

test.each(packets)('$name', async ({ name, dump, form, edit, says }) => {
  for (const [theme, width] of [
    [darkModern, 1280],
    [lightModern, 1280],
    [darkModern, 420],
    [lightModern, 420],
  ] as const) {
    const panel = await openTrace(browser, realHost(dump, form, edit), { theme, width });
    await panel.page.getByRole('treeitem').first().waitFor();
    await panel.page.evaluate(() => document.fonts.ready);
    await panel.page.screenshot({ path: `${folder}/${name}-${theme.name}-${width}.png` });
    expect(await panel.page.getByRole('heading', { level: 1 }).innerText()).toMatch(says);
    expect(await panel.sideways()).toBe(0);
    const skipped = panel.page.getByRole('treeitem', { name: /did not match/ }).first();
    if ((await skipped.count()) > 0) {
      await skipped.click();
      const kind = panel.page.getByRole('treeitem', { name: /rules? (?:for other|that|with)/ }).first();
      const rule = panel.page.locator('mark').first();
      await kind.or(rule).first().waitFor();
      if ((await kind.count()) > 0) await kind.click();
      const failing = panel.page.locator('mark').first();
      await failing.scrollIntoViewIfNeeded();
      expect(await rowText(failing)).not.toBe('');
      await panel.page.screenshot({ path: `${folder}/${name}-considered-${theme.name}-${width}.png` });
    }
    expect(panel.problems).toEqual([]);
    await panel.close();
  }
});

test('rows keep their height as they come into sight: a click finds the one that it is for', async () => {
  const form = { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' };
  const panel = await openTrace(browser, realHost(whole, form), { theme: lightModern, width: 420 });
  const { page } = panel;
  await page.locator('path-tree .row.skipped').first().click();
  await page.locator('path-tree .row.considered').first().waitFor();
  const rows = page.locator('outcome-list .ending, path-tree .row');
  const heights = (): Promise<number[]> =>
    rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
  const before = await heights();
  // Rows that wrap, and more than one screen of them.
  expect(before.filter((height) => height > 60).length).toBeGreaterThan(20);
  for (const row of await rows.all()) await row.scrollIntoViewIfNeeded();
  expect(await heights()).toEqual(before);
  await panel.close();
});

test('what the answer names leads to its rule: a rule, a Service, an address', async () => {
  const form = { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' };
  const panel = await openTrace(browser, realHost(whole, form, blocking), { theme: darkModern });
  const lines = blocking(readFileSync(`${whole}/iptables-save.txt`, 'utf8')).split('\n');
  const heading = panel.page.getByRole('heading', { level: 1 });
  await heading.waitFor();
  const revealed = async (name: string): Promise<string> => {
    const before = panel.host.told.length;
    await heading.getByRole('button', { name, exact: true }).click();
    await expect.poll(() => panel.host.told.slice(before).some(({ type }) => type === 'reveal')).toBe(true);
    const told = panel.host.told.slice(before).find((each) => each.type === 'reveal');
    return told?.type === 'reveal' ? (lines[told.location.line] ?? '') : '';
  };
  expect(await revealed('rule 1 of FORWARD')).toContain('--match-set blocked src -j DROP');
  await panel.page.getByRole('treeitem', { selected: true, name: /blocked/ }).waitFor();
  expect(await revealed('edge/np-cluster:http')).toContain('edge/np-cluster:http');
  // Each name is a link once.
  expect(await heading.getByRole('button', { name: 'rule 1 of FORWARD' }).count()).toBe(1);
  expect(panel.problems).toEqual([]);
  await panel.close();
});

test('rules that did not match are found by their words, each with why not', async () => {
  const form = { from: 'pod:10.244.1.7', to: 'edge/np-cluster:http' };
  for (const [theme, width] of [
    [darkModern, 1280],
    [lightModern, 420],
  ] as const) {
    const panel = await openTrace(browser, realHost(whole, form), { theme, width });
    const { page } = panel;
    const field = page.getByRole('searchbox', { name: /^Find among \d+ rules that did not match$/u });
    await field.fill('KUBE-dns 9153');
    const found = page.locator('unmatched-search li');
    await page.getByText('1 rule that did not match').waitFor();
    expect(await rowText(found.first())).toMatch(
      /kube-system\/kube-dns:metrics.*the packet goes to 10\.108\.134\.196, not 10\.96\.0\.10/u,
    );
    await found.first().scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${folder}/search-${theme.name}-${width}.png` });
    expect(await panel.sideways()).toBe(0);
    if (width === 1280) expect(await seriousFindings(page)).toEqual([]);
    await found.getByRole('button').click();
    await expect.poll(() => panel.host.told.at(-1)?.type).toBe('reveal');
    await field.fill('no such rule');
    await page.getByText('0 rules that did not match').waitFor();
    await field.press('Escape');
    expect(await field.inputValue()).toBe('');
    expect(await found.count()).toBe(0);
    expect(panel.problems).toEqual([]);
    await panel.close();
  }
});

test('the rule that decides is marked in the editor and in sight in its pane; the focus and the answer stay', async () => {
  const form = { from: 'pod:10.244.1.7', to: 'shop/fifty:http' };
  const panel = await openTrace(browser, realHost(whole, form), { theme: darkModern });
  const { page, host } = panel;
  await page.getByRole('option', { name: /fifty-5 on/u }).click();
  const translated = page.getByRole('treeitem', { name: /DNAT/u }).first();
  await translated.waitFor();
  const line = readFileSync(`${whole}/iptables-save.txt`, 'utf8').split('\n');
  const marked = (): string => {
    const last = host.told.at(-1);
    return last?.type === 'highlight' ? (line[last.location.line] ?? '') : '';
  };
  await expect.poll(marked).toMatch(/-j DNAT --to-destination/u);
  expect(host.told.every(({ type }) => type !== 'reveal')).toBe(true);
  const outOfSight = async (): Promise<number> => {
    const pane = (await page.locator('section.path').boundingBox()) ?? { y: 0, height: 0 };
    const row = (await translated.boundingBox()) ?? { y: 0, height: 0 };
    return Math.max(row.y + row.height - pane.y - pane.height, pane.y - row.y);
  };
  await expect.poll(outOfSight, { message: 'pixels beyond its pane' }).toBeLessThanOrEqual(1);
  for (const height of [760, 1000, 660]) {
    await page.setViewportSize({ width: 1280, height });
    await expect
      .poll(outOfSight, { message: `pixels beyond its pane, at ${String(height)}` })
      .toBeLessThanOrEqual(1);
  }
  const answer = (await page.getByRole('heading', { level: 1 }).boundingBox()) ?? { y: -1 };
  expect(answer.y).toBeGreaterThan(0);
  await page.screenshot({ path: `${folder}/decisive-darkModern-1280.png` });
  await panel.close();
});
