/**
 * Twelve packets that differ in how they end, through real rules, in the themes by turns, wide and in a narrow column: the answer,
 * the picture and the path fit, nothing is cut without a sign, axe finds nothing serious, and a picture is left for eyes.
 */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { launch } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { takesTurn } from '../shared/shots.ts';
import { themes } from '../shared/themes/all.ts';
import { openTrace } from './tracePage.ts';
import { realHost } from './realHost.ts';
import type { EditRules, MoreFiles } from './realHost.ts';

const folder = 'out/screenshots/webview/twelve';
const sample = 'media/samples/kube-proxy-1.36';
const fromPod = 'pod:10.244.1.7';
const outside = 'external:203.0.113.9';
let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());

interface Packet {
  readonly name: string;
  readonly dump?: string;
  readonly form: Partial<FlowForm>;
  readonly edit?: EditRules;
  readonly more?: MoreFiles;
  /** What the headline says. */
  readonly says: RegExp;
}

/** A rule that asks for a set which no file of the snapshot has. */
const blocking: EditRules = (rules) =>
  rules.replace(/(\*filter\n(?::.*\n)*)/u, '$1-A FORWARD -m set --match-set blocked src -j DROP\n');

/** Ten endpoints more for shop/fifty, before those that it has: each gets one in sixty. */
const sixty: EditRules = (rules) => {
  const added = Array.from({ length: 10 }, (_, index) => ({
    chain: `KUBE-SEP-SIXTYSIXTYSIXTY${String.fromCharCode(65 + index)}`,
    address: `10.244.3.${String(220 + index)}:8080`,
    probability: (1 / (60 - index)).toFixed(11),
  }));
  const declared = added.map(({ chain }) => `:${chain} - [0:0]\n`).join('');
  const chosen = added.map(
    ({ chain, address, probability }) =>
      `-A KUBE-SVC-ZQ3WQ5N2EHK273W3 -m comment --comment "shop/fifty:http -> ${address}" -m statistic --mode random --probability ${probability} -j ${chain}\n`,
  );
  const translated = added.map(
    ({ chain, address }) =>
      `-A ${chain} -p tcp -m comment --comment "shop/fifty:http" -m tcp -j DNAT --to-destination ${address}\n`,
  );
  return rules
    .replace(':KUBE-SVC-ZQ3WQ5N2EHK273W3 ', `${declared}$&`)
    .replace(
      '-A KUBE-SVC-ZQ3WQ5N2EHK273W3 -m comment --comment "shop/fifty:http -> 10.244.1.20:8080"',
      (first) => translated.join('') + chosen.join('') + first,
    );
};

const connection =
  'ipv4     2 tcp      6 86399 ESTABLISHED src=10.244.1.7 dst=10.108.134.196 sport=40000 dport=80 ' +
  'src=10.244.2.41 dst=10.244.1.7 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n';

const packets: readonly Packet[] = [
  {
    name: 'one',
    form: { from: fromPod, to: 'default/kubernetes:https' },
    says: /the only endpoint of default\/kubernetes:https/u,
  },
  {
    name: 'cross-node',
    form: { from: outside, to: '192.168.0.2:30080' },
    says: /one of 3 endpoints of edge\/np-cluster:http/u,
  },
  {
    name: 'sixty',
    form: { from: fromPod, to: 'shop/fifty:http' },
    edit: sixty,
    says: /60 endpoints of shop\/fifty:http/u,
  },
  {
    name: 'refused',
    form: { from: fromPod, to: 'edge/np-noep:http' },
    says: /Rejected: edge\/np-noep:http has no endpoints/u,
  },
  {
    name: 'dropped',
    form: { from: outside, to: '203.0.113.16:80' },
    says: /Dropped: 203\.0\.113\.9 is not in the load-balancer source ranges/u,
  },
  {
    name: 'unanswered',
    form: { from: fromPod, to: '10.96.0.10', protocol: 'icmp' },
    says: /Nobody answers there/u,
  },
  {
    name: 'unsure',
    form: { from: fromPod, to: 'edge/np-cluster:http' },
    edit: blocking,
    // It names a rule twice, and ends with its name.
    says: /^It depends:.* rule 1 of FORWARD\.$/su,
  },
  {
    name: 'hairpin',
    form: { from: 'pod:10.244.1.45', to: 'edge/np-cluster:http' },
    says: /one of 3 endpoints of edge\/np-cluster:http/u,
  },
  {
    name: 'reply-lost',
    form: { from: 'pod:10.244.9.9', to: 'edge/np-cluster:http' },
    says: /the answer may bypass this node/u,
  },
  {
    name: 'known-connection',
    form: { from: `${fromPod}:40000`, to: 'edge/np-cluster:http' },
    more: [['conntrack.txt', connection]],
    says: /10\.244\.2\.41:8080/u,
  },
  {
    name: 'nftables',
    dump: 'media/samples/nftables-node',
    form: { from: outside, to: '192.168.0.2:30080' },
    says: /one of 3 endpoints of edge\/np-cluster:http/u,
  },
  {
    name: 'ipvs',
    dump: 'media/samples/ipvs-node',
    form: { from: fromPod, to: 'edge/np-cluster:http' },
    says: /one of 3 endpoints of edge\/np-cluster:http/u,
  },
];

/** Texts whose comma or stop went to the next line without what it closes. */
function linesBegunByAMark(summary: Element): readonly string[] {
  const walker = document.createTreeWalker(summary.shadowRoot ?? summary, NodeFilter.SHOW_TEXT);
  const begun: string[] = [];
  let before: DOMRect | null = null;
  for (let text = walker.nextNode(); text instanceof Text; text = walker.nextNode()) {
    if (text.data.trim() === '') continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const [first] = range.getClientRects();
    if (before !== null && first !== undefined && first.top >= before.bottom && /^[,.;:)]/u.test(text.data))
      begun.push(text.data);
    before = [...range.getClientRects()].at(-1) ?? before;
  }
  return begun;
}

const numbered = packets.map((packet, index) => ({ ...packet, index }));

describe.each(numbered)('$name', ({ index, name, dump = sample, form, edit, more, says }) => {
  test.each(themes.filter((theme) => takesTurn(index, theme)))(
    'in $name',
    { timeout: 60_000 },
    async (theme) => {
      const panel = await openTrace(browser, realHost(dump, form, edit, more), { theme });
      const { page } = panel;
      for (const [width, height] of [
        [1280, 1000],
        [420, 1600],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.getByRole('treeitem').first().waitFor();
        await page.locator('way-picture svg').waitFor();
        await page.evaluate(() => document.fonts.ready);
        // The picture turns once its new size is told.
        await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => done(true))));
        await page.screenshot({ path: `${folder}/${name}-${theme.name}-${String(width)}.png` });
        expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(says);
        expect(await panel.sideways(), 'pixels to scroll sideways').toBe(0);
        expect(await page.locator('answer-summary').evaluate(linesBegunByAMark)).toEqual([]);
        // Colours and roles are the same in a narrow column.
        if (width > 1000) expect(await seriousFindings(page)).toEqual([]);
      }
      expect(panel.problems).toEqual([]);
      await panel.close();
    },
  );
});
