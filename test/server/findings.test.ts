/** What is found of Services, in the editor's list of problems, over the real server. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import {
  foundInTreeRequest,
  liveObjectsChanged,
  type LiveObjectsParams,
  treePathRequest,
  treeRequest,
  type TreeParams,
} from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';
import { allResources, changesOf } from './liveChanges.ts';

function sample(name: string): string {
  return readFileSync(new URL(`../../media/samples/kube-proxy-1.36/${name}`, import.meta.url), 'utf8');
}

const text = { 4: sample('iptables-save.txt'), 6: sample('ip6tables-save.txt') } as const;
const uri = { 4: 'file:///node-1/iptables-save.txt', 6: 'file:///node-1/ip6tables-save.txt' } as const;

/** The objects after an endpoint of each family moved to another address. */
const moved = sample('objects.json')
  .replaceAll('10.244.1.14', '10.244.1.77')
  .replaceAll('fd00:10:244:2::4c', 'fd00:10:244:2::77');

/**
 * What is not about rules and objects. The sample has Services without endpoints on purpose. What packets show comes
 * behind the rest, whenever the machine has time: a test of its own waits for it.
 */
const ofOthers = new Set<Diagnostic['code']>([
  'no-endpoints',
  'no-local-endpoints',
  'unreachable-from',
  'replies-lost',
  'client-address-lost',
]);

let server: { readonly path: string; readonly remove: () => void };
let client: Client;

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);
afterAll(() => server.remove());

beforeEach(async () => {
  client = new Client(server.path);
  await client.initialize();
});
afterEach(() => client.stop());

/** The codes about Services and objects of a document, once they are `codes`, each with its line. */
async function disagreements(document: string, codes: readonly string[]): Promise<readonly Diagnostic[]> {
  const of = (): readonly Diagnostic[] =>
    (client.published(document)?.diagnostics ?? []).filter(({ code }) => !ofOthers.has(code));
  await expect
    .poll(() => (client.published(document) === undefined ? null : of().map(({ code }) => code)), {
      timeout: 20_000,
    })
    .toEqual(codes);
  return of();
}

function lineOf(rules: string, diagnostic: Diagnostic | undefined): string {
  return rules.split('\n')[diagnostic?.range.start.line ?? -1] ?? '';
}

describe('a snapshot whose rules and objects disagree', () => {
  beforeEach(() => {
    client.files.set('iptables-save.txt', text[4]);
    client.files.set('ip6tables-save.txt', text[6]);
    client.files.set('objects.json', moved);
  });

  test('has its problems at the rule, or at the chain that it would be in', async () => {
    await client.open(uri[4], text[4]);
    const found = await disagreements(uri[4], ['endpoint-missing', 'endpoint-stale']);
    const [missing, stale] = found;
    expect(lineOf(text[4], missing)).toMatch(/^:KUBE-SVC-SV6Z2RSVTP52NI55 /);
    expect(missing?.message).toContain('10.244.1.77:8080');
    expect(lineOf(text[4], stale)).toMatch(/ --to-destination 10\.244\.1\.14:8080$/);
    expect(stale).toMatchObject({
      severity: 2,
      source: 'kube-proxy',
      codeDescription: { href: expect.stringMatching(/docs\/problems\.md#endpoint-stale$/) },
    });
    expect(client.published(uri[6])).toBeUndefined();
  });

  test('has those of the other family in the document of that family, once it is open', async () => {
    await client.open(uri[4], text[4]);
    await disagreements(uri[4], ['endpoint-missing', 'endpoint-stale']);
    await client.open(uri[6], text[6]);
    const [missing, stale] = await disagreements(uri[6], ['endpoint-missing', 'endpoint-stale']);
    expect(lineOf(text[6], missing)).toMatch(/^:KUBE-SV[CL]-/);
    expect(lineOf(text[6], stale)).toContain('fd00:10:244:2::4c');
  });

  test('has none any more when the objects agree again', async () => {
    await client.open(uri[4], text[4]);
    await disagreements(uri[4], ['endpoint-missing', 'endpoint-stale']);
    client.files.set('objects.json', sample('objects.json'));
    await client.siblingsChanged('file:///node-1/objects.json');
    await disagreements(uri[4], []);
  });

  test('has those of the rules as they are edited', async () => {
    await client.open(uri[4], text[4]);
    await disagreements(uri[4], ['endpoint-missing', 'endpoint-stale']);
    await client.change(
      uri[4],
      2,
      text[4].replaceAll('10.244.1.14:', '10.244.1.77:').replaceAll('10.244.1.14/', '10.244.1.77/'),
    );
    // The address agrees now; kube-proxy would have given the chain another name for it.
    await disagreements(uri[4], ['hash-mismatch']);
    expect(client.published(uri[4])?.version).toBe(2);
  });
});

test('a document whose sibling is open and edited answers with the edited rules', async () => {
  const rules = '*filter\n:INPUT ACCEPT [0:0]\n:NEW - [0:0]\n-A INPUT -j NEW\n-A NEW -j ACCEPT\nCOMMIT\n';
  const before = rules.replace('-A INPUT -j NEW\n-A NEW -j ACCEPT\n', '').replace(':NEW - [0:0]\n', '');
  client.files.set('iptables-save.txt', before);
  client.files.set('ip6tables-save.txt', before);
  await client.open(uri[4], before);
  await client.open(uri[6], before);
  const question = { uri: uri[4], order: 'hook', table: 'filter', chain: 'NEW' } as const;
  expect(await client.ask(treePathRequest, question)).toEqual([]);
  await client.change(uri[6], 2, rules);
  expect((await client.ask(treePathRequest, question)).length).toBeGreaterThan(0);
});

test('rows by Service come at once, and tell what packets show once it is known', async () => {
  const rules = text[4].replace(/^-A FORWARD /mu, '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP\n$&');
  expect(rules).not.toBe(text[4]);
  await client.open(uri[4], rules);
  const rows = () =>
    client.ask(treeRequest, { uri: uri[4], order: 'service', parent: 'n:shop', offset: 0, limit: 100 });
  const { found } = await rows();
  await client.ask(foundInTreeRequest, { uri: uri[4], found });
  const known = await rows();
  expect(known.items.map(({ description }) => description).join()).toContain('not reached from ');
  expect(await client.ask(foundInTreeRequest, { uri: uri[4], found: known.found })).toBe(false);
  expect(await client.ask(foundInTreeRequest, { uri: uri[4], found: 0 })).toBe(true);
});

test('only rows with problems come when all is found; below each its own are asked for', async () => {
  const rules = text[4].replace(/^-A FORWARD /mu, '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP\n$&');
  await client.open(uri[4], rules);
  const rows = (parent: string | null, filter: NonNullable<TreeParams['filter']> | null) =>
    client.ask(treeRequest, { uri: uri[4], order: 'service', parent, offset: 0, limit: 100, filter });
  const [shop] = (await rows(null, { words: ['SHOP'], onlyProblems: true })).items;
  expect(shop).toMatchObject({ id: 'n:shop', below: { words: [], onlyProblems: true } });
  const { items } = await rows('n:shop', shop?.below ?? null);
  expect(items.map(({ description }) => description).join()).toContain('not reached from ');
  expect(items.filter(({ badge }) => badge === null)).toEqual([]);
  const top = { uri: uri[4], order: 'service', parent: null, offset: 0, limit: 100 };
  const broken = { ...top, filter: { words: [1], onlyProblems: true } };
  await expect(client.connection.sendRequest(treeRequest.method, broken)).rejects.toThrow(/words/u);
});

test('the view and the problems are told of an edit on one clock: once for a word that is typed', async () => {
  await client.open(uri[4], '*filter\nCOMMIT\n');
  await client.diagnostics(uri[4], 1);
  for (let version = 2; version <= 9; version++) {
    await client.change(uri[4], version, `*filter\n:${'X'.repeat(version)} - [0:0]\nCOMMIT\n`);
  }
  await client.diagnostics(uri[4], 9);
  expect(client.changed).toEqual([uri[4], uri[4]]);
});

/** Tells the server of objects of the live context. */
function send(params: Partial<LiveObjectsParams>): Promise<void> {
  const whole: LiveObjectsParams = {
    context: 'kind-dev',
    replaced: [],
    changes: [],
    complete: [],
    stale: false,
    closed: false,
    ...params,
  };
  return client.connection.sendNotification(liveObjectsChanged, whole);
}

describe('a live node', () => {
  const node = 'kube-proxy:/kind-dev/node-1/iptables-save';
  const everything = { replaced: allResources, changes: changesOf(moved), complete: allResources };

  test('has them while the watch is fresh, and none while it is stale', async () => {
    await client.open(node, text[4]);
    await disagreements(node, []);
    await send(everything);
    await disagreements(node, ['endpoint-missing', 'endpoint-stale']);
    await send({ stale: true });
    await disagreements(node, []);
    await send({ stale: false });
    await disagreements(node, ['endpoint-missing', 'endpoint-stale']);
    await send({ ...everything, changes: changesOf(sample('objects.json')) });
    await disagreements(node, []);
    await send({ closed: true });
    await disagreements(node, []);
  });
});

test('what packets show comes behind the rest', async () => {
  const document = 'file:///node-1/iptables-save.txt';
  const rule = '-A PREROUTING -p tcp -m tcp --dport 30080 -j DROP';
  const table = `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`;
  const found = (): Diagnostic | undefined =>
    client.published(document)?.diagnostics.find(({ code }) => code === 'unreachable-from');
  await client.open(document, table + text[4]);
  await expect.poll(found, { timeout: 20_000 }).toMatchObject({
    severity: 2,
    range: { start: { line: 3, character: 0 } },
    message: expect.stringContaining('rule 1 of PREROUTING'),
  });
});
