/** A live session through what happens to clusters: outages, lost history, revoked tokens, missing rights. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSession } from '../../src/cluster/main.ts';
import type { ClusterSession } from '../../src/cluster/session.ts';
import { isRecord } from '../../src/text/json.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { ConnectProxy } from './support/connectProxy.ts';
import { keysInApi, Mirror } from './support/mirror.ts';
import { expectReadOnly } from './support/readOnly.ts';
import { addSample, sampleNamespace } from './support/sample.ts';
import { revocableUser } from './support/serviceAccount.ts';
import { until } from './support/until.ts';
import type { UserName } from './support/users.ts';

const resources = ['services', 'endpointslices', 'nodes', 'pods'] as const;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodes: [{ name: 'node-1' }] });
  await addSample(cluster);
});

afterAll(async () => {
  await expectReadOnly(cluster);
  await cluster.stop();
});

interface Opened {
  readonly session: ClusterSession;
  readonly mirror: Mirror;
}

function open(context: string, kubeconfig: string): Opened {
  const session = openSession(context, { kubeconfig: [kubeconfig], watch: true });
  onTestFinished(() => session.close());
  return { session, mirror: new Mirror(session) };
}

const openAs = (user: UserName): Opened => open(`${cluster.contextPrefix}${user}`, cluster.kubeconfigs[user]);

/** The first lists are there, or are known not to come. */
async function settled({ session }: Opened): Promise<void> {
  await until('the session has read what it may', () => {
    const { state } = session;
    return state.kind === 'ready' && state.loading.length === 0;
  });
}

const staleOf = ({ state }: ClusterSession): readonly string[] =>
  state.kind === 'ready' ? [...state.stale.keys()].toSorted() : [state.kind];

async function mirrors({ mirror }: Opened): Promise<void> {
  for (const resource of resources) {
    await until(`the ${resource} of the session are those of the API`, async () => {
      const [told, real] = [mirror.keys(resource), await keysInApi(cluster, resource)];
      return told.length > 0 && told.join() === real.join();
    });
  }
}

/** `create` alone for pods/exec. */
const createExec = (kind: string, more: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { namespace: 'kube-system', name: 'create-exec' },
  ...more,
});

const service = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'default', name },
  spec: { ports: [{ port: 80 }], ...more },
});

const neverAsked = (): Promise<boolean> => Promise.resolve(false);

const collect = (session: ClusterSession, node = 'node-1') =>
  session.collect(node, {
    signal: AbortSignal.timeout(30_000),
    command: null,
    confirmDebugPod: neverAsked,
  });

/** The watches of which the log tells a beginning and no end: also those that an API server could not end when it was killed. */
function openWatches(): readonly string[] {
  const watches = cluster.auditEvents().filter(({ verb }) => verb === 'watch');
  const ended = new Set(watches.filter(({ stage }) => stage === 'ResponseComplete').map(({ id }) => id));
  return watches.filter(({ id, stage }) => stage === 'ResponseStarted' && !ended.has(id)).map(({ id }) => id);
}

describe('a session', () => {
  test('outlives an API server that is away for 20 s, and loses nothing', async () => {
    await cluster.client.apply(service('goes'));
    await cluster.client.apply(service('changes'));
    const opened = openAs('viewer');
    await settled(opened);
    await mirrors(opened);
    const { controlPlane } = cluster;
    await controlPlane.stopApiServer();
    await until('all four are known to be old', () => staleOf(opened.session).length === 4);
    const { state } = opened.session;
    const failures = state.kind === 'ready' ? [...state.stale.values()] : [];
    expect(failures.map(({ kind }) => kind)).toEqual(Array(4).fill('unreachable'));
    // What is held stays in sight.
    expect(opened.session.nodes.map(({ name }) => name)).toEqual(['node-1']);
    await expect(collect(opened.session)).rejects.toMatchObject({ kind: 'unreachable' });
    await pause(20_000);
    await controlPlane.startApiServer();
    await cluster.client.delete(service('goes'));
    await cluster.client.apply(service('changes', { type: 'NodePort' }));
    await cluster.client.apply(service('comes'));
    await until('all watches run again', () => staleOf(opened.session).length === 0);
    await mirrors(opened);
    await until('the change is there', () =>
      JSON.stringify(opened.mirror.get('services', 'default/changes')).includes('NodePort'),
    );
    expect((await collect(opened.session)).files.get('iptables-save.txt')).toContain('KUBE-SERVICES');
  });

  test('lists again when history was compacted (410), and finds what is gone', async () => {
    const proxy = await ConnectProxy.start();
    onTestFinished(() => proxy.stop());
    const { port } = proxy;
    const file = join(cluster.scratch, 'kubeconfig-proxy');
    const config: unknown = JSON.parse(readFileSync(cluster.kubeconfigs.viewer, 'utf8'));
    writeFileSync(file, JSON.stringify(withProxy(config, `http://127.0.0.1:${port}`)));
    await cluster.client.apply(service('goes'));
    const opened = open(`${cluster.contextPrefix}viewer`, file);
    await settled(opened);
    await mirrors(opened);
    const lists = () =>
      cluster.auditEvents().filter(({ verb, resource }) => verb === 'list' && resource === 'services').length;
    const before = lists();
    await proxy.stop();
    await until('the session is cut off', () => staleOf(opened.session).length === 4);
    await cluster.client.delete(service('goes'));
    await cluster.client.apply(service('comes-too'));
    await cluster.controlPlane.stopApiServer();
    await cluster.controlPlane.compact();
    await cluster.controlPlane.startApiServer();
    await proxy.listen(port);
    await until('all watches run again', () => staleOf(opened.session).length === 0);
    await mirrors(opened);
    await until('the audit log tells of a new list', () => lists() > before);
  });

  test('says that its token was revoked, and takes the one that its plugin gives then', async () => {
    const user = await revocableUser(cluster);
    const opened = open(user.context, user.pluginKubeconfig);
    await settled(opened);
    await mirrors(opened);
    await user.revoke();
    await cluster.controlPlane.stopApiServer();
    await cluster.controlPlane.startApiServer();
    await until('the token is refused', () => {
      const { state } = opened.session;
      return state.kind === 'ready' && [...state.stale.values()].some(({ kind }) => kind === 'unauthorized');
    });
    await user.renew();
    await until('all watches run again', () => staleOf(opened.session).length === 0, { deadline: 60_000 });
    await cluster.client.apply(service('after-revocation'));
    await mirrors(opened);
  });

  test('ends each of its connections when it is closed', async () => {
    const before = new Set(openWatches());
    const own = (): readonly string[] => openWatches().filter((id) => !before.has(id));
    const opened = openAs('viewer');
    await settled(opened);
    await until('the watches are in the audit log', () => own().length === 7);
    opened.session.close();
    await until('the watches have ended', () => own().length === 0);
  });
});

describe('a user', () => {
  test('without pods/exec sees the cluster, and is told which right is missing', async () => {
    const opened = openAs('viewer-no-exec');
    await settled(opened);
    await mirrors(opened);
    expect(staleOf(opened.session)).toEqual([]);
    const right = { resource: 'pods/exec', namespace: 'kube-system', user: 'viewer-no-exec' };
    await expect(collect(opened.session)).rejects.toMatchObject({ kind: 'forbidden', right });
    expect(opened.session.nodes[0]?.failure?.message).toBe(
      'The user viewer-no-exec may not create pods/exec in kube-system.',
    );
  });

  test('who may only create pods/exec, as many roles say it, collects over SPDY', async () => {
    const role = createExec('Role', {
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }],
    });
    const binding = createExec('RoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'create-exec' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer-no-exec' }],
    });
    await cluster.client.apply(role);
    await cluster.client.apply(binding);
    const { session } = openAs('viewer-no-exec');
    const { files, missing } = await until('the rights have arrived', () => collect(session));
    expect(files.get('iptables-save.txt')).toContain(`${sampleNamespace}/web:http`);
    expect(missing.map(({ reason }) => reason).join()).not.toContain('cut off');
    const posted = cluster
      .auditEvents()
      .filter(({ subresource, verb }) => subresource === 'exec' && verb === 'create');
    expect(posted.length).toBeGreaterThan(0);
    await cluster.client.delete(binding);
    await cluster.client.delete(role);
  });

  test('without any right is told each that is missing, and nothing that cannot be known', async () => {
    const opened = openAs('nobody');
    await settled(opened);
    const { state } = opened.session;
    const rights = state.kind === 'ready' ? [...state.stale.values()].map(({ right }) => right) : [];
    expect(rights.map((right) => `${right?.user} ${right?.verb} ${right?.resource}`).toSorted()).toEqual([
      'nobody list endpointslices',
      'nobody list nodes',
      'nobody list pods',
      'nobody list services',
    ]);
    await expect(collect(opened.session)).rejects.toMatchObject({
      kind: 'forbidden',
      right: { verb: 'list', resource: 'pods' },
    });
  });

  test.each([
    ['unreachable', 'unreachable'],
    ['wrong-ca', 'badCertificate'],
    ['wrong-token', 'unauthorized'],
    ['broken-plugin', 'unauthorized'],
  ] as const)('%s fails as %s', async (user, kind) => {
    const { session } = openAs(user);
    await until('the session fails', () => session.state.kind === 'failed');
    expect(session.state).toMatchObject({ failure: { kind } });
  });

  test.each(['viewer-certificate', 'viewer-plugin'] as const)('%s collects', async (user) => {
    const { session } = openAs(user);
    const { files } = await collect(session);
    expect(files.get('iptables-save.txt')).toContain(`${sampleNamespace}/web:http`);
    expect(session.nodes[0]).toMatchObject({ mode: 'iptables', proxy: { kind: 'running' }, ready: true });
  });
});

/** The same kubeconfig with a proxy to its cluster. */
function withProxy(config: unknown, proxy: string): unknown {
  if (!isRecord(config) || !Array.isArray(config['clusters'])) throw new Error('it is no kubeconfig');
  const clusters = config['clusters'].filter(isRecord).map((entry) => ({
    ...entry,
    cluster: { ...(isRecord(entry['cluster']) ? entry['cluster'] : {}), 'proxy-url': proxy },
  }));
  return { ...config, clusters };
}
