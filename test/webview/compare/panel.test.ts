/** The panel that compares rules: the answer first, Service by Service, each change leads to its rules; in every theme. */
import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CompareAnswer } from '../../../src/protocol/comparison.ts';
import type { ComparePanelContract } from '../../../src/protocol/comparePanel.ts';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { FakeHost } from '../shared/fakeHost.ts';
import { launch, PanelPage } from '../shared/panelPage.ts';
import { seriousFindings } from '../shared/seriousFindings.ts';
import { themes } from '../shared/themes/all.ts';
import type { Theme } from '../shared/themes/theme.ts';
import { darkModern } from '../shared/themes/darkModern.ts';

const folder = 'out/screenshots/webview/compare';
const at = (name: string, line: number) => ({
  uri: `file:///${name}`,
  line,
  startCharacter: 0,
  endCharacter: 9,
});
const long =
  '-A FORWARD -s 10.0.0.0/8 -m comment --comment "corp-fw: nothing from the old data centre" -j DROP';

const packet: FlowForm = {
  from: 'pod',
  to: '10.96.0.10:53',
  protocol: 'udp',
  state: '',
  mark: '',
  interface: '',
  ttl: '',
  tcpFlags: '',
};

const changed: Extract<CompareAnswer, { readonly kind: 'comparison' }> = {
  kind: 'comparison',
  isSame: false,
  headline: '2 Services and 1 other rule differ. Packets to 41 Service ports do not arrive any more.',
  ways: [
    {
      kind: 'lost',
      says: 'Cluster IPs and node ports of 41 Services, from a pod: dropped by rule 1 of FORWARD ("corp-fw: nothing from the old data centre") (before: arrives)',
      packet,
      at: at('after.txt', 1),
    },
    {
      kind: 'doubted',
      says: 'Node port 30080/TCP of edge/api:grpc, from outside: not known whether it arrives (before: arrives)',
      packet: null,
      at: null,
    },
    {
      kind: 'mended',
      says: 'Node port 30080/TCP of edge/web, from outside: arrives (new)',
      packet,
      at: null,
    },
  ],
  sections: [
    {
      title: 'default/nginx-svc:http',
      changes: [
        {
          sign: 'added',
          what: 'Service port',
          words: 'ClusterIP 10.102.69.101:80/TCP, 2 endpoints',
          before: null,
          after: at('after.txt', 3),
        },
      ],
    },
    {
      title: 'edge/api:grpc',
      changes: [
        {
          sign: 'removed',
          what: 'endpoint',
          words: '10.244.2.7:9000, 50 %',
          before: at('before.txt', 8),
          after: null,
        },
        {
          sign: 'added',
          what: 'endpoint',
          words: '10.244.3.4:9000, 50 %',
          before: null,
          after: at('after.txt', 8),
        },
        {
          sign: 'changed',
          what: 'externalTrafficPolicy',
          words: 'Cluster → Local',
          before: at('before.txt', 9),
          after: at('after.txt', 9),
        },
      ],
    },
    {
      title: 'filter FORWARD',
      changes: [{ sign: 'added', what: 'rule 1', words: long, before: null, after: at('after.txt', 1) }],
    },
  ],
  notes: ['42 Services and 1,179 rules are the same, order and hashes apart.'],
  markdown: '**2 Services**',
};
const same: CompareAnswer = {
  ...changed,
  isSame: true,
  headline: 'Nothing changed: the rules mean the same.',
  ways: [],
  sections: [],
};
const state: ComparePanelContract['state'] = {
  before: { uri: 'file:///before.txt', name: 'monday/iptables-save.txt' },
  after: { uri: 'file:///after.txt', name: 'tuesday/iptables-save.txt' },
  saved: false,
};

let browser: Browser;
let panel: PanelPage<ComparePanelContract>;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

async function open(
  answers: readonly CompareAnswer[],
  options: { readonly theme?: Theme; readonly width?: number; readonly saved?: boolean } = {},
): Promise<void> {
  let asked = 0;
  const { theme = darkModern, width = 1280, saved = false } = options;
  const host = new FakeHost<ComparePanelContract>(
    { ...state, saved },
    {
      compare: async () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? same),
      copy: async () => Promise.resolve(null),
    },
  );
  const kind = { name: 'compare', entry: 'src/webview/compare/main.ts', parts: ['change-list', '.summary'] };
  panel = await PanelPage.open(browser, kind, host, { theme, width });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
}

describe.each(themes)('$name', (theme) => {
  test.each([
    { name: 'changed', answer: changed, width: 1280 },
    { name: 'changed', answer: changed, width: 420 },
    { name: 'same', answer: same, width: 420 },
  ])('$name, $width wide', async ({ name, answer, width }) => {
    await open([answer], { theme, width });
    await panel.page.evaluate(() => document.fonts.ready);
    await panel.page.screenshot({ path: `${folder}/${name}-${theme.name}-${width}.png` });
    expect(await panel.sideways(), 'pixels to scroll sideways').toBe(0);
    expect(await seriousFindings(panel.page)).toEqual([]);
  });
});

test('each change leads to its rules in both states', async () => {
  await open([changed]);
  const policy = panel.page.getByRole('listitem').filter({ hasText: 'externalTrafficPolicy' });
  await policy.getByRole('button', { name: 'Show the rule before' }).click();
  await policy.getByRole('button', { name: 'Show the rule after' }).click();
  await panel.page.getByRole('button', { name: 'Show Normalised Diff' }).click();
  await expect
    .poll(() => panel.host.told)
    .toEqual([
      { type: 'reveal', location: at('before.txt', 9) },
      { type: 'reveal', location: at('after.txt', 9) },
      { type: 'showDiff' },
    ]);
});

test('packets that end otherwise lead to the rule, and open their trace', async () => {
  await open([changed]);
  const lost = panel.page.getByRole('listitem').filter({ hasText: 'does not arrive any more' });
  await lost.getByRole('button', { name: 'Show the rule that ends them' }).click();
  await lost.getByRole('button', { name: 'Trace such a packet' }).click();
  await expect
    .poll(() => panel.host.told)
    .toEqual([
      { type: 'reveal', location: at('after.txt', 1) },
      { type: 'trace', form: packet },
    ]);
});

test('a change is said in words beside its sign, the whole is copied as Markdown', async () => {
  await open([changed]);
  await panel.page.getByText('gone: endpoint').waitFor();
  await panel.page.getByRole('button', { name: 'Copy as' }).click();
  await panel.page.getByRole('menuitem', { name: 'Markdown' }).click();
  await expect.poll(() => panel.host.paramsOf('copy')).toEqual([{ text: '**2 Services**' }]);
});

test('before and after change places, and are asked about anew', async () => {
  await open([changed, same]);
  await panel.page.getByRole('button', { name: 'Swap before and after' }).click();
  await panel.page.getByText('Nothing changed: the rules mean the same.').first().waitFor();
  expect(panel.host.states.at(-1)).toEqual({ before: state.after, after: state.before, saved: false });
});

test('rules that change are compared again; what was saved has no other side to swap to', async () => {
  await open([same, changed], { saved: true });
  await panel.page.getByText('as saved').waitFor();
  expect(await panel.page.getByRole('button', { name: 'Swap before and after' }).count()).toBe(0);
  await panel.host.send({ type: 'rulesChanged' });
  await panel.page.getByRole('heading', { name: /2 Services and 1 other rule differ/ }).waitFor();
});
