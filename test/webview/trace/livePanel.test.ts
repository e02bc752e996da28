/** What the panel of a live node does beyond that of a dump: the way over several nodes, and the same packet on several. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { nodeOf } from '../../kubeproxy/journey/twoNodes.ts';
import type { TraceHost } from './traceHost.ts';
import { liveHost, liveUri } from './liveStates.ts';
import { launch } from '../shared/panelPage.ts';
import { openTrace, type TracePage } from './tracePage.ts';
import { darkModern } from '../shared/themes/darkModern.ts';

const form = { from: 'pod:10.244.1.7', to: '10.96.12.3:80', protocol: 'tcp' };
const drop = '-p tcp -d 10.244.3.4/32 -j DROP';

let browser: Browser;
let panel: TracePage;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

async function open(host: TraceHost): Promise<Page> {
  panel = await openTrace(browser, host, { theme: darkModern });
  return panel.page;
}

function uriOf(node: string): string {
  return `kube-proxy:/kind-dev/${node}/iptables-save`;
}

describe('a packet that goes on to another node', () => {
  test('says whose rules are missing, gets them on demand, and traces again', async () => {
    const held: Record<string, Analysis> = {};
    const page = await open(
      liveHost(form, () => held, {
        getRules: async ({ node }) => {
          held[node] = nodeOf(2);
          return Promise.resolve({ problem: null });
        },
      }),
    );
    const then = page.getByRole('region', { name: 'Then on node-2' });
    await then.getByText('10.244.2.9:8080 is on node-2, whose rules are not here.').waitFor();
    await then.getByRole('button', { name: 'Get node-2’s rules' }).click();
    await then.getByText('Forwarded to 10.244.2.9:8080 (web-a on node-2) out of cni0, unchanged.').waitFor();
    expect(panel.host.paramsOf('getRules')).toEqual([{ node: 'node-2', uri: uriOf('node-2') }]);
    expect(panel.host.paramsOf('trace')).toHaveLength(2);
  });

  test('keeps the button where the rules could not be read, and says why', async () => {
    const page = await open(
      liveHost(form, () => ({}), {
        getRules: async () => Promise.resolve({ problem: 'create pods/exec is forbidden.' }),
      }),
    );
    const button = page.getByRole('button', { name: 'Get node-2’s rules' });
    await button.click();
    await page.getByRole('alert').getByText('create pods/exec is forbidden.').waitFor();
    expect(await button.isEnabled()).toBe(true);
    expect(panel.host.paramsOf('trace')).toHaveLength(1);
  });

  test('shows its path there, whose steps lead to that node’s rules', async () => {
    const nodes = { 'node-2': nodeOf(2), 'node-3': nodeOf(3, { forward: ['-p udp -j ACCEPT', drop] }) };
    const page = await open(
      liveHost(form, () => nodes, {
        considered: async () => Promise.resolve({ items: [], total: 0, kinds: [] }),
      }),
    );
    await page.getByRole('option', { name: /10\.244\.3\.4/ }).click();
    const then = page.getByRole('region', { name: 'Then on node-3' });
    await then.getByText('Dropped by rule 2 of FORWARD: the client hangs until it times out.').waitFor();
    const tree = then.getByRole('tree');
    await tree.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(() => panel.host.told.at(-1))
      .toMatchObject({ type: 'highlight', location: { uri: uriOf('node-3') } });
    await page.keyboard.press('Enter');
    await expect
      .poll(() => panel.host.told.at(-1))
      .toMatchObject({ type: 'reveal', location: { uri: uriOf('node-3') } });
    await then.getByText('1 rule did not match').click();
    await expect
      .poll(() => panel.host.paramsOf('considered'))
      .toMatchObject([
        { uri: liveUri, leg: [expect.stringContaining('node-3 ')], table: 'filter', chain: 'FORWARD' },
      ]);
    // The first node's own selection stays.
    expect(await page.getByRole('option', { name: /10\.244\.3\.4/ }).getAttribute('aria-selected')).toBe(
      'true',
    );
  });

  test('an unknown of that node is decided as that node’s', async () => {
    const nodes = {
      'node-2': nodeOf(2, { forward: ['-m set --match-set friends src -j DROP'] }),
      'node-3': nodeOf(3),
    };
    const page = await open(liveHost(form, () => nodes));
    const then = page.getByRole('region', { name: 'Then on node-2' });
    await then.getByRole('radio', { name: 'Yes' }).first().check({ force: true });
    await expect
      .poll(() => panel.host.paramsOf('trace').at(-1)?.decisions)
      .toMatchObject([{ key: expect.stringMatching(/^at node-2: /), value: true }]);
  });
});

describe('the same packet on several nodes', () => {
  test('is asked of the nodes that the user chose, and leads to the full trace there', async () => {
    const uris = ['node-1', 'node-2', 'node-3'].map(uriOf);
    const page = await open(
      liveHost(form, () => ({}), { chooseNodes: async () => Promise.resolve({ uris, problem: null }) }),
    );
    await page.getByRole('button', { name: 'Trace on several nodes' }).click();
    const table = page.getByRole('table', { name: /The same packet on/ });
    await table.getByText('differs: verdict').waitFor();
    expect(panel.host.paramsOf('traceOnNodes')).toMatchObject([{ uris, form }]);
    expect(await table.getByRole('row').count()).toBe(5);
    await table.getByRole('button', { name: 'Show the full trace on node-3' }).click();
    await expect
      .poll(() => panel.host.told.at(-1))
      .toMatchObject({ type: 'traceOn', uri: uriOf('node-3'), form });
    expect(await panel.kept()).toMatchObject({ compared: uris });
    await page.getByRole('button', { name: 'Do not compare nodes' }).click();
    await table.waitFor({ state: 'detached' });
    expect(panel.host.paramsOf('traceOnNodes')).toHaveLength(1);
  });

  test('is asked again for another packet, and not where the user takes it back', async () => {
    const page = await open(
      liveHost(
        form,
        () => ({}),
        { chooseNodes: async () => Promise.resolve({ uris: null, problem: null }) },
        [liveUri],
      ),
    );
    await page.getByText('differs: verdict').waitFor();
    await page.getByRole('button', { name: 'Trace on several nodes' }).click();
    await page.getByLabel('To', { exact: true }).fill('10.96.12.3:80 ');
    await page.getByRole('button', { name: 'Trace', exact: true }).click();
    await expect.poll(() => panel.host.paramsOf('traceOnNodes').length).toBe(2);
  });

  test('is asked again when the rules of one of them change', async () => {
    const uris = [liveUri, uriOf('node-2')];
    const page = await open(liveHost(form, () => ({}), {}, uris));
    await page.getByText('differs: verdict').waitFor();
    await panel.host.send({ type: 'rulesChanged', uri: uriOf('node-9') });
    await panel.host.send({ type: 'rulesChanged', uri: uriOf('node-2') });
    await expect.poll(() => panel.host.paramsOf('traceOnNodes')).toMatchObject([{ uris }, { uris }]);
  });
});

describe('the rules of a live node', () => {
  test('say when they were taken', async () => {
    const page = await open(liveHost(form, () => ({})));
    await page.getByText(/^rules of \d\d:\d\d:\d\d, 3 min ago$/).waitFor();
    await panel.host.send({ type: 'rulesTaken', taken: Date.now() });
    await page.getByText(/, just now$/).waitFor();
  });

  test('that changed are worth a word only where the answer is another one', async () => {
    const nodes: Record<string, Analysis> = { 'node-2': nodeOf(2) };
    const page = await open(liveHost(form, () => nodes));
    await page.getByRole('region', { name: 'Then on node-2' }).waitFor();
    await panel.host.send({ type: 'rulesChanged', uri: liveUri });
    await expect.poll(() => panel.host.paramsOf('trace').length).toBe(2);
    nodes['node-2'] = nodeOf(2, { forward: ['-j DROP'] });
    await panel.host.send({ type: 'rulesChanged', uri: uriOf('node-2') });
    await page.getByText('The rules have changed since this trace.').waitFor();
    expect(panel.host.paramsOf('trace')).toHaveLength(3);
  });
});
