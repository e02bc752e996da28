import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ObjectChange } from '../../src/kubernetes/objectChanges.ts';
import type { LiveObjectsParams } from '../../src/protocol/requests.ts';
import { liveAddressOf } from '../../src/server/liveAddress.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { readLiveObjects } from '../../src/server/liveParams.ts';

function node(name: string, address = '10.0.0.1'): ObjectChange {
  const status = { addresses: [{ type: 'InternalIP', address }] };
  return { resource: 'nodes', key: name, object: { metadata: { name }, status } };
}

function message(changes: readonly ObjectChange[], more: Partial<LiveObjectsParams> = {}): LiveObjectsParams {
  return { context: 'dev', replaced: [], changes, complete: [], stale: false, closed: false, ...more };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function live(): { readonly objects: LiveObjects; readonly told: string[] } {
  const told: string[] = [];
  const objects = new LiveObjects((context) => told.push(context), { now: () => Date.now() });
  return { objects, told };
}

/** How often documents are told within a minute in which something changes every second. */
function timesTold(first: readonly ObjectChange[]): number {
  const { objects, told } = live();
  objects.apply(message(first));
  for (let second = 0; second < 60; second++) {
    objects.apply(message([node('busy', `10.0.0.${second}`)]));
    vi.advanceTimersByTime(1000);
  }
  return told.length;
}

describe('what documents are told of the cluster', () => {
  test('changes that come together are told together', () => {
    const { objects, told } = live();
    objects.apply(message([node('a')], { replaced: ['nodes'] }));
    objects.apply(message([node('b')], { complete: ['nodes'] }));
    expect(objects.of('dev')).toBeNull();
    expect(objects.latest('dev')?.objects.nodes).toHaveLength(2);
    vi.runAllTimers();
    expect(told).toEqual(['dev']);
    expect(objects.of('dev')?.objects.nodes.map((each) => each.name)).toEqual(['a', 'b']);
    expect(objects.of('dev')?.coverage.covers('nodes', null)).toBe(true);
  });

  test('answers stand on one state until they are told of the next', () => {
    const { objects } = live();
    objects.apply(message([node('a')]));
    vi.runAllTimers();
    const before = objects.of('dev');
    objects.apply(message([node('b')]));
    expect(objects.of('dev')).toBe(before);
    vi.runAllTimers();
    expect(objects.of('dev')).not.toBe(before);
  });

  test('objects that may be old are told as such, and again when they are followed', () => {
    const { objects, told } = live();
    objects.apply(message([node('a')], { complete: ['nodes'], stale: true }));
    vi.runAllTimers();
    expect(objects.of('dev')?.stale).toBe(true);
    objects.apply(message([], { stale: true }));
    vi.runAllTimers();
    expect(told).toHaveLength(1);
    objects.apply(message([]));
    vi.runAllTimers();
    expect(objects.of('dev')?.stale).toBe(false);
    expect(told).toHaveLength(2);
  });

  test('what changes nothing that is read is not told', () => {
    const { objects, told } = live();
    objects.apply(message([node('a')]));
    vi.runAllTimers();
    objects.apply(message([node('a')]));
    vi.runAllTimers();
    expect(told).toEqual(['dev']);
  });

  test('a small cluster is told at once, a large one that never rests not too often', () => {
    const many = Array.from({ length: 70_000 }, (_, index) => node(`node-${index}`));
    expect(timesTold([])).toBe(60);
    expect(timesTold(many)).toBeGreaterThan(10);
    expect(timesTold(many)).toBeLessThan(25);
  });

  test('a context that is closed is forgotten, and its documents are told', () => {
    const { objects, told } = live();
    objects.apply(message([node('a')]));
    vi.runAllTimers();
    objects.apply(message([node('b')]));
    objects.apply(message([], { closed: true }));
    vi.runAllTimers();
    expect(told).toEqual(['dev', 'dev']);
    expect([objects.of('dev'), objects.latest('dev')]).toEqual([null, null]);
  });

  test('contexts do not mix', () => {
    const { objects, told } = live();
    objects.apply(message([node('a')]));
    objects.apply(message([node('b')], { context: 'prod' }));
    vi.runAllTimers();
    expect(told.toSorted()).toEqual(['dev', 'prod']);
    expect(objects.of('prod')?.objects.nodes.map((each) => each.name)).toEqual(['b']);
  });
});

describe('the address of a live document', () => {
  test.each([
    ['kube-proxy:/kind-dev/node-1/iptables-save', 'kind-dev', 'node-1', 'iptables-save.txt'],
    [
      'kube-proxy:/arn%253Aaws%253Aeks%253A1%253Acluster%252Fdev/n/ip6tables-save',
      'arn:aws:eks:1:cluster/dev',
      'n',
      'ip6tables-save.txt',
    ],
    ['kube-proxy:/a/b/ipset?x#y', 'a', 'b', 'ipset-save.txt'],
  ])('%s', (uri, context, name, file) => {
    expect(liveAddressOf(uri)).toEqual({ context, node: name, file });
  });

  test.each([
    'file:///kind-dev/node-1/iptables-save',
    'kube-proxy:/%',
    'kube-proxy:/a/b/c/d',
    'kube-proxyx:/a/b/c',
  ])('%s is none', (uri) => {
    expect(liveAddressOf(uri)).toBeNull();
  });
});

test.each([
  null,
  7,
  [],
  {},
  { context: 'a', changes: [null, { resource: 'secrets', key: 'a' }, { resource: 'pods' }] },
])('of %j nothing is taken', (params) => {
  expect(readLiveObjects(params)).toMatchObject({ replaced: [], changes: [], complete: [], closed: false });
});
