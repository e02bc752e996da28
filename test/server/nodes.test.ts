/** Packets over several nodes, and what may be traced in a cluster, asked of the real server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  clusterChoicesRequest,
  consideredRequest,
  decidingNodeRequest,
  emptyForm,
  type FlowForm,
  liveObjectsChanged,
  type LiveObjectsParams,
  siblingsRequest,
  type TraceAnswer,
  traceOnNodesRequest,
  traceRequest,
} from '../../src/protocol/requests.ts';
import { objectsText } from '../kubeproxy/choices/objects.ts';
import { clusterObjects, nodeFiles, type RulesGiven } from '../kubeproxy/journey/twoNodes.ts';
import { bundleServer, Client } from './client.ts';
import { allResources, changesOf } from './liveChanges.ts';

type NodeNumber = 1 | 2 | 3;

let server: { readonly path: string; readonly remove: () => void };
let client: Client;
/** By the folder of the document. */
let files: Map<string, ReadonlyMap<string, string>>;
let opened: number;

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);
afterAll(() => server.remove());

beforeEach(async () => {
  client = new Client(server.path);
  files = new Map();
  opened = 0;
  client.connection.onRequest(siblingsRequest.method, ({ uri }: { readonly uri: string }) => {
    const folder = uri.slice(0, uri.lastIndexOf('/'));
    const found = [...(files.get(folder) ?? [])].map(([name, text]) => [
      name,
      { uri: `${folder}/${name}`, text },
    ]);
    return { files: Object.fromEntries(found) };
  });
  await client.initialize();
});
afterEach(() => client.stop());

const context = 'arn:aws:eks:eu-1:1:cluster/dev';
const form: FlowForm = { ...emptyForm, from: 'pod:10.244.1.7', to: '10.96.12.3:80' };

/** As VS Code writes it: the path's own percent signs are encoded once more. */
function liveUri(node: string): string {
  return `kube-proxy:/${encodeURIComponent(encodeURIComponent(context))}/${node}/iptables-save`;
}

async function open(number: NodeNumber, rules: RulesGiven = {}): Promise<string> {
  const uri = liveUri(`node-${number}`);
  return openAs(uri, number, rules);
}

/** A live document's own objects come by the informers, not as a file. */
async function openAs(uri: string, number: NodeNumber, rules: RulesGiven): Promise<string> {
  const own = nodeFiles(number, rules);
  const isLive = uri.startsWith('kube-proxy:');
  const beside = [...own].filter(
    ([name]) => name !== 'iptables-save.txt' && !(isLive && name === 'objects.json'),
  );
  files.set(uri.slice(0, uri.lastIndexOf('/')), new Map(beside));
  await client.open(uri, own.get('iptables-save.txt') ?? '');
  opened++;
  return uri;
}

async function sendObjects(): Promise<void> {
  const changes = changesOf(objectsText(clusterObjects));
  const params: LiveObjectsParams = {
    context,
    replaced: allResources,
    changes,
    complete: allResources,
    stale: false,
    closed: false,
  };
  await client.connection.sendNotification(liveObjectsChanged, params);
  // Each document is told of once when it is opened, and once for the objects.
  await expect.poll(() => client.changed.length, { timeout: 10_000 }).toBe(2 * opened);
}

type Answer = Extract<TraceAnswer, { readonly kind: 'answer' }>;

async function trace(uri: string, asked: FlowForm = form): Promise<Answer> {
  const answer = await client.ask(traceRequest, { uri, form: asked, decisions: [] });
  if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer));
  return answer;
}

describe('a trace on a live node', () => {
  test('goes on at the nodes whose rules the client holds, which it opens for that', async () => {
    const uri = await open(1);
    await sendObjects();
    const asked: string[] = [];
    client.openHeld = async (wanted) => {
      asked.push(wanted);
      if (wanted !== liveUri('node-3')) return false;
      await open(3);
      return true;
    };
    const answer = await trace(uri);
    expect(asked.toSorted()).toEqual([liveUri('node-2'), liveUri('node-3')]);
    expect(answer.continuations.map(({ node, kind }) => `${node} ${kind}`)).toEqual([
      'node-2 missing',
      'node-3 traced',
    ]);
    expect(answer.wanted).toEqual([{ node: 'node-2', uri: liveUri('node-2') }]);
    expect(answer.nodeUris).toEqual({ 'node-3': { iptables: liveUri('node-3') } });
  });

  test('wants the rules of the nodes where its endpoints are, and follows it there once they are open', async () => {
    const uri = await open(1);
    await sendObjects();
    const alone = await trace(uri);
    expect(alone.continuations.map(({ node, kind }) => `${node} ${kind}`)).toEqual([
      'node-2 missing',
      'node-3 missing',
    ]);
    expect(alone.wanted).toEqual([
      { node: 'node-2', uri: liveUri('node-2') },
      { node: 'node-3', uri: liveUri('node-3') },
    ]);
    expect(alone.narrative.verdict).toBe('forward');

    const second = await open(2, { forward: ['-p tcp --dport 9 -j ACCEPT', '-d 10.244.2.9/32 -j DROP'] });
    const followed = await trace(uri);
    expect(followed.wanted.map(({ node }) => node)).toEqual(['node-3']);
    expect(followed.nodeUris).toEqual({ 'node-2': { iptables: second } });
    expect(followed.narrative.verdict).toBe('mixed');
    expect(followed.narrative.headline).toContain('but on node-2 dropped by rule 2 of FORWARD');
    expect(followed.copies.markdown).toContain('#### On node-2: 10.244.1.7:40000 → 10.244.2.9:8080');
    expect(followed.copies.command).toBe(
      `kube-proxy-explorer trace --context ${context} --node node-1 --from pod:10.244.1.7 --to 10.96.12.3:80`,
    );

    const [continuation] = followed.continuations;
    const gap = { table: 'filter', chain: 'FORWARD', from: 0, to: 0, limit: 10 };
    const considered = await client.ask(consideredRequest, {
      uri,
      form,
      decisions: [],
      leg: [continuation?.id ?? ''],
      outcome: 'o0',
      ...gap,
    });
    expect(considered.items.map(({ text }) => text)).toEqual(['-A FORWARD -p tcp --dport 9 -j ACCEPT']);
    const nowhere = { uri, form, decisions: [], leg: ['nowhere'], outcome: 'o0', ...gap };
    expect(await client.ask(consideredRequest, nowhere)).toEqual({ items: [], total: 0, kinds: [] });
  });

  test('takes a document that says why it has no rules for none', async () => {
    const uri = await open(1);
    await sendObjects();
    await client.open(liveUri('node-2'), '# The rules of node-2 were not read yet.\n');
    expect((await trace(uri)).wanted.map(({ node }) => node)).toEqual(['node-2', 'node-3']);
  });

  test('does not mix contexts', async () => {
    const uri = await open(1);
    await sendObjects();
    await openAs('kube-proxy:/other/node-2/iptables-save', 2, {});
    expect((await trace(uri)).continuations.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
  });
});

describe('a trace on a saved snapshot', () => {
  test('follows the packet into the snapshot beside it, which is called as its node', async () => {
    const uri = await openAs('file:///cluster/node-1/iptables-save.txt', 1, {});
    const beside = { node: 'node-2', uri: 'file:///cluster/node-2/iptables-save.txt' };
    expect((await trace(uri)).wanted[0]).toEqual(beside);
    await openAs(beside.uri, 2, {});
    expect((await trace(uri)).continuations.map(({ node, kind }) => `${node} ${kind}`)).toEqual([
      'node-2 traced',
      'node-3 missing',
    ]);
  });

  test('does not follow it into a folder of that name that holds another node', async () => {
    const uri = await openAs('file:///cluster/node-1/iptables-save.txt', 1, {});
    await openAs('file:///cluster/node-2/iptables-save.txt', 3, {});
    expect((await trace(uri)).continuations.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
  });

  test('in a folder of another name wants nothing', async () => {
    const uri = await openAs('file:///tmp/downloaded/iptables-save.txt', 1, {});
    const answer = await trace(uri);
    expect(answer.wanted).toEqual([]);
    expect(answer.continuations.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
  });
});

test('the same packet is asked of several nodes', async () => {
  const first = await open(1);
  const second = await open(2, { forward: ['-j DROP'] });
  const third = await open(3);
  await sendObjects();
  const uris = [first, second, third, 'kube-proxy:/nobody/knows/iptables-save'];
  const answers = await client.ask(traceOnNodesRequest, { uris, form, decisions: [] });
  expect(answers.map(({ node, summary, differs }) => [node, summary?.verdict, differs])).toEqual([
    ['node-1', 'mixed', []],
    ['node-2', 'drop', ['verdict']],
    ['node-3', 'mixed', []],
    ['kube-proxy:/nobody/knows/iptables-save', undefined, []],
  ]);
  expect(answers[3]?.message).toBe('The rules are not open any more: open them again.');
  expect(answers[1]?.note).toContain('sends from node-1');
});

test('what may be traced in a cluster is answered from its objects alone', async () => {
  await open(1);
  await sendObjects();
  const choices = await client.ask(clusterChoicesRequest, {
    context,
    side: 'destination',
    name: null,
    query: 'web nodeport',
    limit: 5,
  });
  expect(choices).toEqual([]);
  const found = await client.ask(clusterChoicesRequest, {
    context,
    side: 'destination',
    name: null,
    query: 'web node port',
    limit: 5,
  });
  expect(found.map(({ form: { to } }) => to)).toEqual(['192.168.0.2:30080']);
  const search = { context, side: 'destination', query: '', limit: 5 } as const;
  expect(await client.ask(clusterChoicesRequest, { ...search, name: 'default/nothing' })).toEqual([]);
  expect(await client.ask(decidingNodeRequest, { context, form })).toMatchObject({ node: 'node-1' });
  expect(await client.ask(decidingNodeRequest, { context: 'closed', form })).toMatchObject({
    node: null,
    candidates: [],
  });
  await expect(client.connection.sendRequest(clusterChoicesRequest.method, { context: 7 })).rejects.toThrow(
    '"context" must be a string.',
  );
});
