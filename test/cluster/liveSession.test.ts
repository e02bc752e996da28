import { snapshotJson } from '../../src/cluster/collect/snapshotFiles.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseYaml } from '../../src/cluster/adapters/yaml.ts';
import type {
  ClusterApi,
  ListQuery,
  ObjectName,
  WatchedResource,
  WatchListener,
} from '../../src/cluster/clusterApi.ts';
import { recordAt } from '../../src/cluster/collect/podFacts.ts';
import { ClusterFailure } from '../../src/cluster/failure.ts';
import { type ClusterAccess, LiveSession } from '../../src/cluster/liveSession.ts';
import { watchedResources } from '../../src/cluster/objectFeed.ts';
import type { JsonRecord } from '../../src/text/json.ts';

const context = {
  name: 'dev',
  cluster: 'c',
  user: 'u',
  namespace: null,
  server: 'https://127.0.0.1:1',
  current: true,
};

const forbidden = (resource: string) =>
  new ClusterFailure('forbidden', `The user u may not list ${resource} in all namespaces.`, {
    right: { verb: 'list', resource, namespace: null, user: 'u' },
  });

/** A cluster in memory; what `refuses` names is refused. */
class FakeApi implements ClusterApi {
  readonly objects: Record<string, JsonRecord[]> = { services: [], endpointslices: [], nodes: [], pods: [] };
  readonly configMaps = new Map<string, JsonRecord>();
  readonly refuses = new Set<string>();
  readonly watches = new Map<string, WatchListener>();
  readonly asked: string[] = [];
  connection: Promise<string> = Promise.resolve('v1.36.3');
  rules = '*nat\n-A A -j B\nCOMMIT\n';

  serverVersion(): Promise<string> {
    return this.connection;
  }

  async get({ resource, name }: ObjectName): Promise<JsonRecord> {
    const found = resource === 'configmaps' ? this.configMaps.get(name) : undefined;
    this.asked.push(`get ${resource} ${name}`);
    if (found === undefined) throw new ClusterFailure('notFound', 'gone');
    return found;
  }

  async *list({ resource, namespace, fieldSelector }: ListQuery): AsyncGenerator<readonly JsonRecord[]> {
    this.asked.push(`list ${resource} ${namespace ?? '*'}`);
    if (this.refuses.has(`${resource} ${namespace ?? '*'}`)) throw forbidden(resource);
    const node = fieldSelector?.replace('spec.nodeName=', '');
    yield (this.objects[resource] ?? []).filter(
      (each) => node === undefined || recordAt(each, 'spec')['nodeName'] === node,
    );
  }

  watch(resource: WatchedResource, listener: WatchListener, namespace?: string): { stop(): void } {
    const key = `${resource} ${namespace ?? '*'}`;
    this.watches.set(key, listener);
    if (this.refuses.has(key)) queueMicrotask(() => listener.failed(forbidden(resource)));
    return { stop: () => void this.watches.delete(key) };
  }

  exec(_: unknown, argv: readonly string[]): ReturnType<ClusterApi['exec']> {
    if (argv[0] !== 'iptables-save' && argv[0] !== 'ip6tables-save') {
      return Promise.reject(new ClusterFailure('noSuchBinary', 'no such program'));
    }
    return Promise.resolve({ stdout: Buffer.from(this.rules), stderr: '', exitCode: 0 });
  }

  createPod(): Promise<void> {
    return Promise.reject(new Error('not asked for'));
  }

  deletePod(): Promise<void> {
    return Promise.reject(new Error('not asked for'));
  }

  /** The first list of a watched resource. */
  listed(resource: WatchedResource, namespace = '*'): void {
    const listener = this.watches.get(`${resource} ${namespace}`);
    listener?.listing();
    listener?.page(this.objects[resource] ?? []);
    listener?.listed();
  }
}

const remember: ClusterAccess['forget'] = () => undefined;

function open(api: FakeApi, { watch = true, forget = remember } = {}) {
  const closed = { value: false };
  const access = {
    api,
    parseYaml,
    forget,
    context: () => Promise.resolve(context),
    close: () => {
      closed.value = true;
    },
  };
  const session = new LiveSession('dev', access, watch);
  onTestFinished(() => session.close());
  return { session, closed };
}

const node = (name: string): JsonRecord => ({ metadata: { name }, status: {} });
const proxy = (name: string, nodeName: string): JsonRecord => ({
  metadata: { namespace: 'kube-system', name, labels: { 'k8s-app': 'kube-proxy' } },
  spec: { nodeName, hostNetwork: true, containers: [{ name: 'kube-proxy', image: 'kube-proxy:v1.36.3' }] },
  status: { phase: 'Running' },
});

const options = () => ({
  signal: new AbortController().signal,
  command: null,
  confirmDebugPod: () => Promise.resolve(false),
});

const kind = (session: LiveSession) => () => session.state.kind;

describe('a session', () => {
  it('connects, reads, and is told of changes in bunches', async () => {
    const api = new FakeApi();
    api.objects['nodes'] = [node('b'), node('a')];
    const { session } = open(api);
    let changes = 0;
    session.onDidChange(() => changes++);
    expect(session.state.kind).toBe('connecting');
    expect(session.context.name).toBe('dev');
    await expect.poll(kind(session)).toBe('ready');
    expect(session.context).toEqual(context);
    expect(session.state).toEqual({
      kind: 'ready',
      version: 'v1.36.3',
      stale: new Map(),
      loading: [...watchedResources],
    });
    for (const resource of watchedResources) api.listed(resource);
    await expect.poll(() => changes).toBeGreaterThan(0);
    expect(session.state).toMatchObject({ loading: [] });
    expect(session.nodes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(changes).toBeLessThan(4);
  });

  it('fails in words, and tries again when it is told', async () => {
    const api = new FakeApi();
    api.connection = Promise.reject(new ClusterFailure('unreachable', 'nobody there'));
    const forgotten: boolean[] = [];
    const { session } = open(api, { forget: ({ files }) => void forgotten.push(files) });
    await expect.poll(kind(session)).toBe('failed');
    expect(session.state).toMatchObject({ failure: { message: 'nobody there' } });
    await expect(session.collect('a', options())).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(session.objects(options().signal)).rejects.toMatchObject({ kind: 'unreachable' });
    api.connection = Promise.resolve('v1');
    session.retry();
    expect(forgotten).toEqual([true]);
    expect(session.state.kind).toBe('connecting');
    await expect.poll(kind(session)).toBe('ready');
    // What is held from now on is of this cluster.
    session.retry();
    expect(forgotten).toEqual([true, false]);
  });

  it('works without the right to read its version', async () => {
    const api = new FakeApi();
    api.connection = Promise.reject(forbidden('/version'));
    await expect.poll(kind(open(api).session)).toBe('ready');
  });

  it('reads the mode of all nodes', async () => {
    const api = new FakeApi();
    api.objects['nodes'] = [node('a')];
    api.objects['pods'] = [proxy('p', 'a')];
    api.configMaps.set('kube-proxy-config', {
      data: { config: 'kind: KubeProxyConfiguration\nmode: "ipvs"\n' },
    });
    const { session } = open(api, { watch: false });
    await expect.poll(() => session.nodes[0]?.mode).toBe('ipvs');
    expect(api.asked).toContain('get configmaps kube-proxy');
    const collected = await session.collect('a', options());
    expect(collected.configured).toBe('ipvs');
    expect(JSON.parse(snapshotJson(collected))).toMatchObject({ node: 'a', mode: 'ipvs' });
  });

  it('reads whether Cilium does the work of kube-proxy', async () => {
    const api = new FakeApi();
    api.objects['nodes'] = [node('a')];
    api.objects['pods'] = [proxy('p', 'a')];
    api.configMaps.set('cilium-config', {
      metadata: { namespace: 'kube-system', name: 'cilium-config' },
      data: { 'kube-proxy-replacement': 'true', 'cluster-name': 'kept to itself' },
    });
    const { session } = open(api, { watch: false });
    const collected = await session.collect('a', options());
    expect(collected.cilium).toBe('replaces');
    expect(snapshotJson(collected)).toContain('"cilium": "replaces"');
    expect(snapshotJson(collected)).not.toContain('kept to itself');
  });

  it('for the command line lists each once, and watches nothing', async () => {
    const api = new FakeApi();
    api.objects['nodes'] = [node('a')];
    const { session } = open(api, { watch: false });
    const text = await session.objects(options().signal);
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      metadata: { complete: [...watchedResources] },
      items: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, status: {} }],
    });
    expect(api.asked.filter((line) => line.startsWith('list')).sort()).toEqual([
      'list endpointslices *',
      'list events *',
      'list namespaces *',
      'list networkpolicies *',
      'list nodes *',
      'list pods *',
      'list services *',
    ]);
    expect(api.watches.size).toBe(0);
  });

  it('that is tried again serves who waited for it', async () => {
    const api = new FakeApi();
    api.connection = new Promise(() => undefined);
    const { session } = open(api, { watch: false });
    const waiting = session.objects(options().signal);
    api.connection = Promise.resolve('v1');
    session.retry();
    expect(JSON.parse(await waiting)).toMatchObject({ kind: 'List', items: [] });
  });

  it('that is closed leaves nobody waiting', async () => {
    const { session } = open(new FakeApi());
    await expect.poll(kind(session)).toBe('ready');
    const waiting = session.objects(options().signal);
    waiting.catch(() => undefined);
    session.close();
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('closes at once', async () => {
    const api = new FakeApi();
    const { session, closed } = open(api);
    await expect.poll(kind(session)).toBe('ready');
    const collecting = session.collect('a', options());
    session.close();
    await expect(collecting).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(() => closed.value).toBe(true);
    expect(session.state).toEqual({ kind: 'closed' });
    expect(api.watches.size).toBe(0);
    session.retry();
    expect(session.state).toEqual({ kind: 'closed' });
  });
});

describe('a user who may not', () => {
  it('list nodes has those that Pods run on', async () => {
    const api = new FakeApi();
    api.refuses.add('nodes *');
    api.objects['pods'] = [proxy('p', 'a')];
    const { session } = open(api);
    await expect.poll(kind(session)).toBe('ready');
    for (const resource of ['services', 'endpointslices', 'pods'] as const) api.listed(resource);
    await expect.poll(() => session.nodes.map(({ name, ready }) => [name, ready])).toEqual([['a', null]]);
    const { state } = session;
    expect(state.kind === 'ready' && state.stale.get('nodes')?.right).toEqual({
      verb: 'list',
      resource: 'nodes',
      namespace: null,
      user: 'u',
    });
    expect((await session.collect('a', options())).files.get('iptables-save.txt')).toBe(api.rules);
  });

  it('list all Pods is asked about those of kube-system', async () => {
    const api = new FakeApi();
    api.refuses.add('pods *');
    api.objects['nodes'] = [node('a'), node('b')];
    api.objects['pods'] = [proxy('p', 'a')];
    const { session } = open(api);
    await expect.poll(() => api.watches.has('pods kube-system')).toBe(true);
    api.listed('nodes');
    api.listed('pods', 'kube-system');
    await expect
      .poll(() => session.nodes.map(({ proxy: { kind: is } }) => is))
      .toEqual(['running', 'unknown']);
    expect((await session.collect('a', options())).source).toMatchObject({ kind: 'proxyPod', pod: 'p' });
    await expect(session.collect('b', options())).rejects.toMatchObject({ right: { resource: 'pods' } });
    expect(session.nodes[1]?.failure?.kind).toBe('forbidden');
    api.refuses.clear();
    api.listed('pods');
    expect(api.watches.has('pods kube-system')).toBe(false);
    await expect.poll(() => session.nodes[1]?.proxy.kind).toBe('none');
  });

  it('list anything gets no empty snapshot', async () => {
    const api = new FakeApi();
    for (const resource of watchedResources) api.refuses.add(`${resource} *`);
    api.refuses.add('pods kube-system');
    const { session } = open(api, { watch: false });
    await expect(session.objects(options().signal)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('collecting', () => {
  it('tells row, listeners and caller', async () => {
    const api = new FakeApi();
    api.objects['nodes'] = [node('a')];
    api.objects['pods'] = [proxy('p', 'a')];
    const { session } = open(api, { watch: false });
    const heard: string[] = [];
    session.onDidCollect(({ node: name }) => heard.push(name));
    const collected = await session.collect('a', options());
    expect(heard).toEqual(['a']);
    expect(session.collected('a')).toBe(collected);
    expect(session.nodes[0]).toMatchObject({ held: { rules: 2 }, failure: null });
  });

  it('from a node that is not there says so', async () => {
    const api = new FakeApi();
    const { session } = open(api, { watch: false });
    await expect(session.collect('gone', options())).rejects.toMatchObject({
      kind: 'notFound',
      message: 'There is no node gone in the context dev.',
    });
  });

  it('can be cancelled while it connects', async () => {
    const api = new FakeApi();
    api.connection = new Promise(() => undefined);
    const abort = new AbortController();
    const collecting = open(api).session.collect('a', { ...options(), signal: abort.signal });
    abort.abort();
    await expect(collecting).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
