/** The panel over dumps of real kube-proxies: what the engine and the narrative say must fit it, in every theme's picture. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { launch, rowText } from '../shared/panelPage.ts';
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
      const failing = panel.page.locator('mark').first();
      await failing.scrollIntoViewIfNeeded();
      expect(await rowText(failing)).not.toBe('');
      await panel.page.screenshot({ path: `${folder}/${name}-considered-${theme.name}-${width}.png` });
    }
    expect(panel.problems).toEqual([]);
    await panel.close();
  }
});
