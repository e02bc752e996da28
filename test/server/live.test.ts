/** A live node's documents over the real server: objects come, change and go while the rules stay. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver/node';
import {
  liveObjectsChanged,
  type LiveObjectsParams,
  servicePlaceRequest,
  treeRequest,
} from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';
import { allResources, changesOf } from './liveChanges.ts';

const text = readFileSync(new URL('../dumps/1.36.3/iptables-save-c.txt', import.meta.url), 'utf8');
const uri = 'kube-proxy:/kind-dev/node-1/iptables-save';

const changes = changesOf(readFileSync(new URL('../dumps/1.36.3/objects.json', import.meta.url), 'utf8'));

let server: { readonly path: string; readonly remove: () => void };
let client: Client;

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);
afterAll(() => server.remove());

beforeEach(async () => {
  client = new Client(server.path);
  await client.initialize();
  await client.open(uri, text);
});
afterEach(() => client.stop());

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

const everything = { replaced: allResources, changes, complete: allResources };

/** Waits until the server told of `count` changes of the document. */
async function told(count: number): Promise<void> {
  await expect
    .poll(() => client.changed.filter((each) => each === uri).length, { timeout: 10_000 })
    .toBe(count);
}

async function hover(words: string): Promise<string> {
  const before = text.slice(0, text.indexOf(words)).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const found = await client.at<Hover | null>('textDocument/hover', uri, position);
  return JSON.stringify(found?.contents ?? '');
}

async function services(namespace: string): Promise<readonly string[]> {
  const params = { uri, order: 'service', parent: `n:${namespace}`, offset: 0, limit: 1000 } as const;
  return (await client.ask(treeRequest, params)).items.map(
    ({ label, description }) => `${label} ${description}`,
  );
}

/** Of a Service in namespace edge, as its row tells it; without objects its frontends are told instead. */
async function typeOf(name: string): Promise<string> {
  const row = (await services('edge')).find((each) => each.startsWith(`${name} `)) ?? '';
  return row.slice(name.length + 1).split(' · ')[0] ?? '';
}

test('the objects of its context serve a live document, and only of its', async () => {
  await told(1);
  await send({ ...everything, context: 'other' });
  expect(await typeOf('np-cluster')).toBe('ClusterIP, node port');
  await send(everything);
  await told(2);
  expect(await typeOf('np-cluster')).toBe('NodePort');
});

test('from a Service to its rules and its row, and from a rule to its Service’s YAML', async () => {
  await send(everything);
  await told(2);
  const found = await client.ask(servicePlaceRequest, { uri, namespace: 'edge', name: 'np-cluster' });
  expect(text.split('\n')[found.location?.line ?? -1]).toContain('"edge/np-cluster:http cluster IP"');
  expect(found.path.map(({ id }) => id)).toEqual(['n:edge', 's:edge/np-cluster']);
  expect(await client.ask(servicePlaceRequest, { uri, namespace: 'edge', name: 'nobody' })).toEqual({
    location: null,
    path: [],
  });
  const argument = { context: 'kind-dev', resource: 'services', namespace: 'edge', name: 'np-cluster' };
  const encoded = encodeURIComponent(JSON.stringify([argument]));
  expect(await hover('-A KUBE-SERVICES -d 10.108.134.196')).toContain(
    `command:kubeProxy.cluster.openObject?${encoded}`,
  );
});

test('endpoints that go are followed, and no file is asked for again', async () => {
  await send(everything);
  await told(2);
  const chain = /KUBE-SEP-\w+/.exec(text)?.[0] ?? '';
  const before = await hover(chain);
  const slices = changes.filter((each) => each.resource === 'endpointslices');
  await send({ changes: slices.map((each) => ({ ...each, object: null })) });
  await told(3);
  expect(await hover(chain)).not.toBe(before);
  expect(client.siblingsAsked).toHaveLength(1);
});

test('a Service that comes without rules is there, and gone when it goes', async () => {
  await send(everything);
  await told(2);
  const spec = { type: 'ClusterIP', clusterIP: '10.96.250.250', ports: [{ port: 80 }] };
  const object = { metadata: { namespace: 'default', name: 'aaa-new' }, spec };
  await send({ changes: [{ resource: 'services', key: 'default/aaa-new', object }] });
  await told(3);
  expect((await services('default')).join('\n')).toContain(
    'aaa-new no rules for it on this node · ClusterIP',
  );
  await send({ changes: [{ resource: 'services', key: 'default/aaa-new', object: null }] });
  await told(4);
  expect((await services('default')).join('\n')).not.toContain('aaa-new');
});

test('a context that is closed is forgotten', async () => {
  await send(everything);
  await told(2);
  await send({ closed: true });
  await told(3);
  expect(await typeOf('np-cluster')).toBe('ClusterIP, node port');
});
