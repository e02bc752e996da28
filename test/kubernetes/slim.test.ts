import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readObjects } from '../../src/kubernetes/readObjects.ts';
import { kindOfResource, type ObjectResource, slimObject } from '../../src/kubernetes/slim.ts';
import { readJsonDocuments } from '../../src/text/jsonDocuments.ts';
import { isRecord, type JsonRecord } from '../../src/text/json.ts';
import { dumpsWith, dumpText } from '../kubeproxy/dumps.ts';

const resources: readonly ObjectResource[] = [
  'services',
  'endpointslices',
  'nodes',
  'pods',
  'networkpolicies',
  'namespaces',
  'events',
];

function read(object: JsonRecord) {
  return readObjects(JSON.stringify(object));
}

function expectSameReading(resource: ObjectResource, object: JsonRecord): void {
  expect(read(slimObject(resource, object))).toEqual(read({ ...object, kind: kindOfResource[resource] }));
}

function objectsOf(text: string): readonly JsonRecord[] {
  return readJsonDocuments(text).values.flatMap((value) =>
    isRecord(value) && Array.isArray(value['items']) ? value['items'].filter(isRecord) : [],
  );
}

describe('an object of a real cluster reads the same, slimmed:', () => {
  test.each(dumpsWith('objects.json'))('%s', (dump) => {
    const all = objectsOf(dumpText(dump, 'objects.json') ?? '');
    expect(all.length).toBeGreaterThan(0);
    for (const object of all) {
      const resource = resources.find((each) => kindOfResource[each] === object['kind']);
      if (resource !== undefined) expectSameReading(resource, object);
    }
  });

  test.each(dumpsWith('objects.json'))('%s as one list', (dump) => {
    const text = dumpText(dump, 'objects.json') ?? '';
    const items = objectsOf(text).flatMap((object) => {
      const resource = resources.find((each) => kindOfResource[each] === object['kind']);
      return resource === undefined ? [] : [slimObject(resource, object)];
    });
    const slimmed = JSON.stringify({ kind: 'List', items });
    expect(readObjects(slimmed)).toEqual(readObjects(text));
    expect(slimmed.length).toBeLessThan(text.length / 2);
  });
});

/** Names that are read somewhere, so that random objects are made of what matters. */
const names = (
  'name namespace labels annotations deletionTimestamp type clusterIPs ports port protocol selector ip ingress loadBalancer endpoints addresses conditions ready hints forZones targetRef kind podIPs containers ' +
  'containerPort nodeInfo __proto__ sessionAffinity sessionAffinityConfig clientIP timeoutSeconds podCIDRs metadata spec status serving terminating addressType nodeName phase podIP address targetPort ipMode ' +
  'podSelector namespaceSelector matchLabels matchExpressions key operator values ingress egress from to ipBlock cidr except endPort policyTypes ' +
  'involvedObject reason message count series containerStatuses started state running waiting readinessProbe httpGet path readinessGates conditionType'
).split(' ');

const leaf = fc.oneof(
  fc.constantFrom('Pod', 'TCP', 'ClientIP', 'Local', 'IPv6', '10.0.0.1', 'Ready', 'True', ''),
  fc.integer({ min: -1, max: 70_000 }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
  ),
}));

test('any object reads the same, slimmed, with the same problems', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...resources),
      value,
      value,
      value,
      value,
      (resource, spec, status, list, labels) => {
        const metadata = { name: 'a', namespace: 'b', labels };
        const object = {
          metadata,
          spec,
          status,
          endpoints: list,
          ports: list,
          addressType: list,
          involvedObject: list,
        };
        // As it comes from the API: text, in which a field may be called `__proto__`.
        const parsed: unknown = JSON.parse(JSON.stringify(object));
        if (isRecord(parsed)) expectSameReading(resource, parsed);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('what nobody reads is dropped', () => {
  const large = 'x'.repeat(1_000_000);
  const managed = {
    managedFields: [{ f: large }],
    annotations: { note: large },
    ownerReferences: [{ uid: large }],
  };
  const container = {
    name: 'a',
    env: [{ name: 'A', value: large }],
    ports: [{ name: 'http', containerPort: 80 }],
  };
  const slimmed = slimObject('pods', {
    metadata: { name: 'a', namespace: 'b', ...managed },
    spec: { containers: [container], volumes: [large], nodeName: 'node-1' },
    status: { message: large, phase: 'Running', containerStatuses: [large] },
  });
  expect(slimmed).toEqual({
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'b' },
    spec: { nodeName: 'node-1', containers: [{ name: 'a', ports: [{ name: 'http', containerPort: 80 }] }] },
    status: { phase: 'Running', containerStatuses: [''] },
  });
});

test('a large value where another type is read is dropped too', () => {
  const large = 'x'.repeat(1_000_000);
  const slimmed = slimObject('services', {
    metadata: { name: 'a', labels: large },
    spec: large,
    status: { x: large },
  });
  expect(JSON.stringify(slimmed).length).toBeLessThan(200);
});

test('the label that takes a Service from kube-proxy is kept', () => {
  const labels = { 'service.kubernetes.io/service-proxy-name': 'other' };
  expect(slimObject('services', { metadata: { name: 'a', labels } })).toMatchObject({ metadata: { labels } });
});
