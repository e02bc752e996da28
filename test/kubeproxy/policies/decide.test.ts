/** NetworkPolicies by the words of the API's documentation (networking.k8s.io/v1) and of kubernetes.io. */
import { describe, expect, test } from 'vitest';
import type { KubernetesObjects, Pod } from '../../../src/kubernetes/objects.ts';
import { readObjects } from '../../../src/kubernetes/readObjects.ts';
import { forbiddenBy, type PolicyClient } from '../../../src/kubeproxy/policies/decide.ts';
import { selectorWords } from '../../../src/kubeproxy/policies/selectors.ts';

const pod = (namespace: string, name: string, labels: object, more: object = {}): object => ({
  kind: 'Pod',
  metadata: { namespace, name, labels },
  spec: {
    containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }],
    ...more,
  },
  status: { podIPs: [{ ip: name === 'web' ? '10.244.1.5' : '10.244.2.9' }], phase: 'Running' },
});

const web = pod('shop', 'web', { app: 'web' });
const front = pod('shop', 'front', { app: 'front' });
const stranger = pod('jobs', 'job', { app: 'front' });

const policy = (spec: object, namespace = 'shop'): object => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name: 'p' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, ...spec },
});

const namespaces = [
  {
    kind: 'Namespace',
    metadata: { name: 'jobs', labels: { team: 'a', 'kubernetes.io/metadata.name': 'jobs' } },
  },
];

function objectsWith(...items: readonly object[]): KubernetesObjects {
  return readObjects(JSON.stringify({ kind: 'List', items: [web, front, stranger, ...items] })).objects;
}

/** `yes`: the connection passes. */
function asks(
  policies: readonly object[],
  client: string,
  {
    port = 8080,
    protocol = 'tcp' as const,
    more = namespaces,
  }: { port?: number; protocol?: 'tcp' | 'udp'; more?: readonly object[] } = {},
): string {
  const objects = objectsWith(...policies, ...more);
  const named = (name: string): Pod | undefined => objects.pods.find((each) => each.name === name);
  const found = named(client);
  const from: PolicyClient =
    found === undefined ? { kind: 'address', address: client } : { kind: 'pod', pod: found };
  const target = named('web');
  if (target === undefined) throw new Error('there is no Pod web');
  const why = forbiddenBy(from, { pod: target, port, protocol }, objects);
  return why === null ? 'yes' : why === 'unknown' ? why : `no: ${why.direction}`;
}

const from = (...peers: readonly object[]): object => ({ ingress: [{ from: peers }] });

const spaces = (key: string, value: string): object => ({
  namespaceSelector: { matchLabels: { [key]: value } },
});

const out = (spec: object): object => policy({ podSelector: { matchLabels: { app: 'front' } }, ...spec });

/** Of a namespace that is not among the objects. */
const askedBy = (key: string, value: string): string =>
  asks([policy(from(spaces(key, value)))], 'job', { more: [] });

describe('what comes in', () => {
  test('passes where no policy selects the Pod', () => {
    expect(asks([], 'front')).toBe('yes');
    expect(asks([policy({ podSelector: { matchLabels: { app: 'other' } } })], 'front')).toBe('yes');
    expect(asks([policy({}, 'jobs')], 'front')).toBe('yes');
  });

  test('of a Pod that is selected needs a rule; a Pod reaches itself', () => {
    expect(asks([policy({})], 'front')).toBe('no: ingress');
    expect(asks([policy({ podSelector: {} })], '203.0.113.9')).toBe('no: ingress');
    expect(asks([policy({})], 'web')).toBe('yes');
  });

  test('a policy of egress alone says nothing of it', () => {
    expect(asks([policy({ policyTypes: ['Egress'] })], 'front')).toBe('yes');
  });

  test('policies add up', () => {
    expect(
      asks(
        [policy({}), { ...policy({ ingress: [{}] }), metadata: { namespace: 'shop', name: 'q' } }],
        'front',
      ),
    ).toBe('yes');
  });

  test('a podSelector means the own namespace, an empty one all of its Pods', () => {
    const labels = { podSelector: { matchLabels: { app: 'front' } } };
    expect(asks([policy(from(labels))], 'front')).toBe('yes');
    expect(asks([policy(from(labels))], 'job')).toBe('no: ingress');
    expect(asks([policy(from({ podSelector: {} }))], 'job')).toBe('no: ingress');
  });

  test('a namespaceSelector means all Pods of namespaces, with a podSelector those of them', () => {
    const ofTeam = { namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(asks([policy(from(ofTeam))], 'job')).toBe('yes');
    expect(asks([policy(from({ ...ofTeam, podSelector: { matchLabels: { app: 'x' } } }))], 'job')).toBe(
      'no: ingress',
    );
    expect(asks([policy(from({ namespaceSelector: {} }))], 'front')).toBe('yes');
  });

  test('labels of a namespace that is not known are not, but its name', () => {
    expect(askedBy('team', 'a')).toBe('unknown');
    expect(askedBy('kubernetes.io/metadata.name', 'jobs')).toBe('yes');
    expect(askedBy('kubernetes.io/metadata.name', 'shop')).toBe('no: ingress');
  });

  test.each([
    [{ key: 'app', operator: 'In', values: ['front', 'x'] }, 'yes'],
    [{ key: 'app', operator: 'NotIn', values: ['front'] }, 'no: ingress'],
    [{ key: 'none', operator: 'NotIn', values: ['front'] }, 'yes'],
    [{ key: 'app', operator: 'Exists' }, 'yes'],
    [{ key: 'app', operator: 'DoesNotExist' }, 'no: ingress'],
    [{ key: 'app', operator: 'Like' }, 'unknown'],
  ])('by an expression %j: %s', (expression, answer) => {
    expect(asks([policy(from({ podSelector: { matchExpressions: [expression] } }))], 'front')).toBe(answer);
  });

  test('an ipBlock means addresses outside; of a Pod’s nothing is promised', () => {
    const block = from({ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/30'] } });
    expect(asks([policy(block)], '203.0.113.4')).toBe('yes');
    expect(asks([policy(block)], '203.0.113.9')).toBe('no: ingress');
    expect(asks([policy(block)], 'front')).toBe('no: ingress');
    expect(asks([policy(from({ ipBlock: { cidr: '10.244.0.0/16' } }))], 'front')).toBe('unknown');
  });

  test.each([
    [{ port: 8080 }, 8080, 'yes'],
    [{ port: 80 }, 8080, 'no: ingress'],
    [{ port: 8000, endPort: 8090 }, 8080, 'yes'],
    [{ port: 8000, endPort: 8079 }, 8080, 'no: ingress'],
    [{ port: 'http' }, 8080, 'yes'],
    [{ port: 'metrics' }, 8080, 'no: ingress'],
    [{}, 8080, 'yes'],
    [{ protocol: 'UDP' }, 8080, 'no: ingress'],
  ])('at the port %j, asked at %i: %s', (port, asked, answer) => {
    expect(asks([policy({ ingress: [{ ports: [port] }] })], 'front', { port: asked })).toBe(answer);
  });
});

describe('what goes out', () => {
  test('needs a rule where a policy of egress selects the client', () => {
    expect(asks([out({ policyTypes: ['Egress'] })], 'front')).toBe('no: egress');
    expect(asks([out({ egress: [{ to: [{ podSelector: {} }] }] })], 'front')).toBe('yes');
    expect(asks([out({ egress: [{ to: [{ podSelector: { matchLabels: { app: 'x' } } }] }] })], 'front')).toBe(
      'no: egress',
    );
  });

  test('an empty egress without policyTypes is no policy of egress', () => {
    expect(asks([out({ egress: [] })], 'front')).toBe('yes');
  });

  test('a policy with egress rules and no types is of both', () => {
    expect(asks([policy({ egress: [{}] })], 'front')).toBe('no: ingress');
  });
});

test('Pods on the network of their node are left open', () => {
  const host = pod('shop', 'host', { app: 'x' }, { hostNetwork: true });
  expect(asks([policy({}), host], 'host')).toBe('yes');
});

test('words of a selector', () => {
  const read = objectsWith(
    policy({
      podSelector: {
        matchLabels: { app: 'web' },
        matchExpressions: [
          { key: 'tier', operator: 'In', values: ['a', 'b'] },
          { key: 'old', operator: 'DoesNotExist' },
        ],
      },
    }),
  );
  expect(read.policies.map((each) => selectorWords(each.pods))).toEqual(['app=web,tier in (a,b),!old']);
});
