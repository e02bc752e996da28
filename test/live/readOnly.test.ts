/** The check of the audit log can fail: it names what a product that only reads does not do. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEvent } from './support/audit.ts';
import type { Client } from './support/client.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { expectReadOnly, forbiddenEvents } from './support/readOnly.ts';
import { until } from './support/until.ts';
import { tokenOf } from './support/users.ts';

const base: AuditEvent = {
  user: 'viewer',
  verb: 'get',
  resource: 'pods',
  subresource: '',
  namespace: 'kube-system',
  name: 'kube-proxy-node-1',
  uri: '/api/v1/namespaces/kube-system/pods/kube-proxy-node-1',
  status: 200,
  id: '1',
  stage: 'ResponseComplete',
};

const execPath = `${base.uri}/exec`;

function exec(query: string, verb = 'get'): AuditEvent {
  return { ...base, verb, subresource: 'exec', uri: `${execPath}?${query}` };
}

describe('an event is allowed', () => {
  const allowed: Readonly<Record<string, AuditEvent>> = {
    'get of a Pod': base,
    'list of Services': { ...base, verb: 'list', resource: 'services' },
    'watch of EndpointSlices': { ...base, verb: 'watch', resource: 'endpointslices' },
    "get of kube-proxy's ConfigMap": { ...base, resource: 'configmaps', name: 'kube-proxy' },
    'get of /version': { ...base, resource: '', uri: '/version?timeout=5s' },
    'exec of iptables-save -c': exec('command=iptables-save&command=-c&stdout=true&stdin=false'),
    'the same as create': exec('command=iptables-save&command=-c', 'create'),
  };
  test.each(Object.entries(allowed))('%s', (_, event) => {
    expect(forbiddenEvents([event])).toEqual([]);
  });
});

describe('an event is forbidden', () => {
  const forbidden: Readonly<Record<string, AuditEvent>> = {
    'create of a Pod': { ...base, verb: 'create' },
    'delete of a Pod': { ...base, verb: 'delete' },
    'patch of a Node': { ...base, verb: 'patch', resource: 'nodes' },
    'create of an access review': {
      ...base,
      verb: 'create',
      resource: 'selfsubjectaccessreviews',
      uri: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    },
    'list of Secrets': { ...base, verb: 'list', resource: 'secrets' },
    'list of ConfigMaps': { ...base, verb: 'list', resource: 'configmaps', name: '' },
    'get of another ConfigMap': { ...base, resource: 'configmaps', name: 'kubeadm-config' },
    "get of a Pod's log": { ...base, subresource: 'log' },
    'get through the proxy of a Pod': { ...base, subresource: 'proxy' },
    'get of a path of the server': { ...base, resource: '', uri: '/debug/pprof' },
    'exec of a shell': exec('command=sh&command=-c&command=iptables-save'),
    'exec of iptables-restore': exec('command=iptables-restore'),
    'exec of an argv with one word more': exec('command=iptables-save&command=-c&command=-t'),
    'exec of one word with a blank': exec('command=iptables-save+-c'),
    'exec of nothing': exec('stdout=true'),
    'exec with stdin': exec('command=iptables-save&command=-c&stdin=true'),
    'exec with a terminal': exec('command=iptables-save&command=-c&tty=true'),
    'attach to a Pod': { ...base, subresource: 'attach' },
  };
  test.each(Object.entries(forbidden))('%s', (_, event) => {
    expect(forbiddenEvents([event])).toHaveLength(1);
  });

  test('create and delete of a Pod are allowed where a debug Pod is, but not of anything else', () => {
    const events = [
      { ...base, verb: 'create' },
      { ...base, verb: 'delete' },
    ];
    expect(forbiddenEvents(events, 1)).toEqual([]);
    expect(forbiddenEvents([{ ...base, verb: 'patch' }], 1)).toHaveLength(1);
    expect(forbiddenEvents([{ ...base, verb: 'delete', resource: 'services' }], 1)).toHaveLength(1);
  });
});

test('every live test file looks at the audit log', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(1);
  const without = files.filter(
    (name) => !/expectReadOnly\(/.test(readFileSync(new URL(name, folder), 'utf8')),
  );
  expect(without).toEqual([]);
});

describe('against a real API server', () => {
  let cluster: Cluster;
  let viewer: Client;
  let admin: Client;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: [{ name: 'node-1' }] });
    viewer = cluster.clientWith(tokenOf('viewer'));
    admin = cluster.clientWith(tokenOf('admin'));
  });

  afterAll(async () => {
    viewer.close();
    admin.close();
    await cluster.stop();
  });

  /** The answer may be an error: it is the attempt that counts. */
  async function seen(what: string, attempt: Promise<unknown>): Promise<readonly string[]> {
    const before = forbiddenEvents(cluster.auditEvents()).length;
    await attempt.catch((error: unknown) => error);
    return until(`the audit log tells ${what}`, () => {
      const lines = forbiddenEvents(cluster.auditEvents());
      return lines.length > before && lines.slice(before);
    });
  }

  test('reading is allowed, and so are the rights of docs/rbac.yaml', async () => {
    await viewer.list('/api/v1/services');
    await viewer.list('/apis/discovery.k8s.io/v1/endpointslices');
    await viewer.list('/api/v1/nodes');
    await viewer.list('/api/v1/pods');
    await viewer.get('/api/v1/namespaces/kube-system/configmaps/kube-proxy');
    await viewer.get('/version');
    await until('the audit log tells it', () =>
      cluster.auditEvents().some(({ uri, user }) => uri === '/version' && user === 'viewer'),
    );
    await expectReadOnly(cluster);
  });

  test('an exec of another argv is found', async () => {
    const query = 'command=iptables&command=-F&stdout=true';
    const lines = await seen('the exec', viewer.get(`${execPath}?${query}`));
    expect(lines.join('\n')).toContain('command=-F');
    await expect(expectReadOnly(cluster)).rejects.toThrow('command=-F');
  });

  test('a Pod that was made is found, with its name, and so is one that is left', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', generateName: 'left-' },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'test/server:1' }] },
    };
    const path = '/api/v1/namespaces/default/pods';
    await seen('the Pod', admin.request('POST', path, manifest));
    const made = cluster
      .auditEvents()
      .filter(({ verb, resource }) => verb === 'create' && resource === 'pods');
    expect(made.map(({ name }) => name)).toEqual([expect.stringMatching(/^left-\w+$/)]);
  });

  test('an access review is found', async () => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'create', resource: 'pods', subresource: 'exec' } },
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect(await seen('the review', viewer.request('POST', path, review))).toHaveLength(1);
  });
});
