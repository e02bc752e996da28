import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObjects } from '../../src/kubernetes/objects.ts';
import type { ObjectChange } from '../../src/kubernetes/objectChanges.ts';
import { ObjectStore } from '../../src/kubernetes/objectStore.ts';
import { readObjects } from '../../src/kubernetes/readObjects.ts';
import { kindOfResource, type ObjectResource, slimObject } from '../../src/kubernetes/slim.ts';
import type { JsonRecord } from '../../src/text/json.ts';

const resources: readonly ObjectResource[] = ['services', 'endpointslices', 'nodes', 'pods'];

function pod(name: string, ip: string, extra: JsonRecord = {}): ObjectChange {
  const object = { metadata: { namespace: 'a', name, ...extra }, status: { podIP: ip } };
  return { resource: 'pods', key: `a/${name}`, object };
}

function gone(name: string): ObjectChange {
  return { resource: 'pods', key: `a/${name}`, object: null };
}

function podsOf(store: ObjectStore): readonly (readonly [string, string | undefined])[] {
  return store.objects.pods.map((each) => [each.name, each.ips[0]]);
}

test('objects come, change and go', () => {
  const store = new ObjectStore();
  expect(
    store.apply({ replaced: ['pods'], changes: [pod('b', '10.0.0.2'), pod('a', '10.0.0.1')], complete: [] }),
  ).toBe(true);
  expect(podsOf(store)).toEqual([
    ['a', '10.0.0.1'],
    ['b', '10.0.0.2'],
  ]);
  expect(
    store.apply({
      replaced: [],
      changes: [pod('b', '10.0.0.9'), gone('a'), pod('c', '10.0.0.3')],
      complete: [],
    }),
  ).toBe(true);
  expect(podsOf(store)).toEqual([
    ['b', '10.0.0.9'],
    ['c', '10.0.0.3'],
  ]);
});

test('a new list takes away what is not in it, and only of its resource', () => {
  const store = new ObjectStore();
  store.apply({
    replaced: [],
    changes: [{ resource: 'nodes', key: 'n', object: { metadata: { name: 'n' } } }],
    complete: [],
  });
  store.apply({ replaced: ['pods'], changes: [pod('a', '10.0.0.1'), pod('b', '10.0.0.2')], complete: [] });
  store.apply({ replaced: ['pods'], changes: [pod('b', '10.0.0.2')], complete: [] });
  expect(podsOf(store)).toEqual([['b', '10.0.0.2']]);
  expect(store.objects.nodes).toHaveLength(1);
});

test('an object that went and came back is there once', () => {
  const store = new ObjectStore();
  store.apply({ replaced: [], changes: [pod('a', '10.0.0.1')], complete: [] });
  store.apply({ replaced: [], changes: [gone('a'), pod('a', '10.0.0.1')], complete: [] });
  expect(podsOf(store)).toEqual([['a', '10.0.0.1']]);
  expect(store.size).toBe(1);
});

test('a change of what nobody reads is none', () => {
  const store = new ObjectStore();
  store.apply({ replaced: [], changes: [pod('a', '10.0.0.1', { labels: { app: 'a' } })], complete: [] });
  const before = store.objects;
  const again = pod('a', '10.0.0.1', {
    labels: { app: 'a' },
    resourceVersion: '7',
    annotations: { beat: '1' },
  });
  expect(store.apply({ replaced: [], changes: [again], complete: [] })).toBe(false);
  expect(store.apply({ replaced: ['pods'], changes: [again], complete: [] })).toBe(false);
  expect(store.apply({ replaced: [], changes: [gone('nobody')], complete: [] })).toBe(false);
  expect(store.objects).toBe(before);
});

test('the lists of other kinds stay the same values', () => {
  const store = new ObjectStore();
  store.apply({ replaced: [], changes: [pod('a', '10.0.0.1')], complete: [] });
  const { services, pods } = store.objects;
  store.apply({ replaced: [], changes: [pod('b', '10.0.0.2')], complete: [] });
  expect(store.objects.services).toBe(services);
  expect(store.objects.pods).not.toBe(pods);
});

test('what cannot be read is told, until it is cured', () => {
  const store = new ObjectStore();
  const bad = { metadata: { name: 'web' }, spec: { ports: [{ port: 'x' }] } };
  expect(
    store.apply({
      replaced: [],
      changes: [{ resource: 'services', key: 'default/web', object: bad }],
      complete: [],
    }),
  ).toBe(true);
  expect(store.problems.join()).toContain('Service default/web: port is not a whole number');
  store.apply({ replaced: ['services'], changes: [], complete: [] });
  expect(store.problems).toEqual([]);
});

const change: fc.Arbitrary<ObjectChange> = fc.record({
  resource: fc.constantFrom(...resources),
  key: fc.constantFrom('n/a', 'n/b', 'n/c'),
  object: fc.option(fc.record({ spec: fc.constantFrom({}, { type: 'NodePort' }, { nodeName: 'x' }) })),
});
const bunches = fc.array(
  fc.record({
    replaced: fc.subarray([...resources], { maxLength: 1 }),
    changes: fc.array(change, { maxLength: 6 }),
  }),
);

/** The changes with each object named as its key says. */
function named(each: ObjectChange): ObjectChange {
  const [namespace = '', name = ''] = each.key.split('/');
  return { ...each, object: each.object && { ...each.object, metadata: { namespace, name } } };
}

describe('whatever comes in whatever order,', () => {
  test('the store holds what a list of the objects would read', () => {
    fc.assert(
      fc.property(bunches, (all) => {
        const store = new ObjectStore();
        const known = new Map<string, ObjectChange>();
        for (const { replaced, changes } of all) {
          const now = changes.map(named);
          for (const [id, each] of known) if (replaced.includes(each.resource)) known.delete(id);
          for (const each of now) known.set(`${each.resource} ${each.key}`, each);
          store.apply({ replaced, changes: now, complete: [] });
          expect(store.objects).toEqual(readList([...known.values()]));
        }
      }),
    );
  });

  test('nothing makes it throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...resources),
        fc.string(),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (resource, key, object) => {
          const store = new ObjectStore();
          store.apply({ replaced: [resource], changes: [{ resource, key, object }], complete: [] });
          store.apply({
            replaced: [],
            changes: [{ resource, key, object: slimObject(resource, object) }],
            complete: [],
          });
          expect(store.size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

function readList(changes: readonly ObjectChange[]): KubernetesObjects {
  const items = changes
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .flatMap(({ resource, object }) =>
      object === null ? [] : [{ ...object, kind: kindOfResource[resource] }],
    );
  return readObjects(JSON.stringify({ kind: 'List', items })).objects;
}

test('what is complete is told, and a list that begins anew is not', () => {
  const store = new ObjectStore();
  expect(store.apply({ replaced: ['pods'], changes: [pod('a', '10.0.0.1')], complete: [] })).toBe(true);
  expect([...store.complete]).toEqual([]);
  expect(store.apply({ replaced: [], changes: [], complete: ['pods'] })).toBe(true);
  expect([...store.complete]).toEqual(['pods']);
  expect(store.apply({ replaced: [], changes: [], complete: ['pods'] })).toBe(false);
  expect(store.apply({ replaced: ['pods'], changes: [pod('a', '10.0.0.1')], complete: ['pods'] })).toBe(
    false,
  );
  expect(store.apply({ replaced: ['pods'], changes: [], complete: [] })).toBe(true);
  expect([...store.complete]).toEqual([]);
});
