import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_OBJECTS } from '../../src/kubernetes/objects.ts';
import { readObjects } from '../../src/kubernetes/readObjects.ts';
import { dumpObjects } from '../kubeproxy/dumps.ts';

const service = {
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    clusterIP: '10.96.0.5',
    type: 'NodePort',
    sessionAffinity: 'ClientIP',
    ports: [
      { name: 'http', port: 80, targetPort: 'web', nodePort: 30080 },
      { port: 53, protocol: 'UDP' },
    ],
  },
};
const slice = {
  kind: 'EndpointSlice',
  addressType: 'IPv4',
  metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  ports: [{ name: 'http', port: 8080 }],
  endpoints: [
    { addresses: ['10.244.1.5'], targetRef: { kind: 'Pod', name: 'web-0' }, nodeName: 'node-1' },
    { addresses: ['10.244.1.6'], conditions: { ready: false, terminating: true } },
  ],
};

const documents = {
  'a single object': [service],
  'a kubectl List': [{ kind: 'List', items: [service, slice] }],
  'a list of lists': [{ kind: 'List', items: [{ kind: 'List', items: [service] }, slice] }],
  'the API’s ServiceList, whose items name no kind': [
    { kind: 'ServiceList', items: [{ ...service, kind: undefined }] },
  ],
  'an array': [[service, slice]],
  'several documents, one after the other': [service, slice],
};

describe('reads a Service from', () => {
  test.each(Object.entries(documents))('%s', (_name, values) => {
    for (const indent of [0, 2]) {
      const { objects, problems } = readObjects(
        values.map((value) => JSON.stringify(value, null, indent)).join('\n'),
      );
      expect(problems).toEqual([]);
      expect(objects.services.map((each) => each.name)).toEqual(['web']);
    }
  });
});

test('applies the API’s defaults', () => {
  const { objects } = readObjects(JSON.stringify([service, slice]));
  const [web] = objects.services;
  expect(web?.ports.map((port) => [port.name, port.protocol, port.port, port.nodePort])).toEqual([
    ['http', 'tcp', 80, 30080],
    ['', 'udp', 53, null],
  ]);
  expect(web?.clusterIPs).toEqual(['10.96.0.5']);
  expect(web?.affinitySeconds).toBe(10_800);
  const [first, second] = objects.slices[0]?.endpoints ?? [];
  expect([first?.ready, first?.serving, first?.terminating]).toEqual([true, true, false]);
  expect([second?.ready, second?.serving, second?.terminating]).toEqual([false, true, true]);
  expect(first?.pod).toEqual({ namespace: 'shop', name: 'web-0' });
});

test.each([
  ['{', 'not valid JSON'],
  ['yes', 'not valid JSON'],
  [`${JSON.stringify(service)} {"kind":`, 'breaks off'],
  ['[1]', 'an object was expected'],
  ['{"kind":"Service"}', 'Service: has no name'],
  [
    '{"kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":"80"}]}}',
    'port is not a whole number',
  ],
  [
    '{"kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":70000}]}}',
    'port is not a port: 70000',
  ],
  ['{"kind":"Service","metadata":{"name":"a"},"spec":{"ports":{}}}', 'ports is not a list'],
  [
    '{"kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":1,"protocol":"X"}]}}',
    'protocol is none of',
  ],
  [
    '{"kind":"EndpointSlice","metadata":{"name":"a"},"endpoints":[{"addresses":"1"}]}',
    'addresses is not a list',
  ],
])('%s is a problem: %s', (text, problem) => {
  const { problems } = readObjects(text);
  expect(problems.join('\n')).toContain(problem);
});

test('the good objects beside a bad one are read', () => {
  const { objects, problems } = readObjects(
    `${JSON.stringify(service)}\n{"kind":"Pod","metadata":7}\n{"kind":`,
  );
  expect(objects.services).toHaveLength(1);
  expect(problems.length).toBeGreaterThan(0);
});

test('objects of other kinds are no problem', () => {
  expect(readObjects('{"kind":"ConfigMap","metadata":{"name":"a"}}').problems).toEqual([]);
});

test('names with markup are data', () => {
  const name = '<img src=x onerror=alert(1)>';
  const { objects } = readObjects(JSON.stringify({ kind: 'Pod', metadata: { name, namespace: '**b**' } }));
  expect(objects.pods[0]).toMatchObject({ name, namespace: '**b**' });
});

const plain = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
test('any value of JSON that is no object of a cluster gives nothing; one that is no object is a problem', () => {
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), plain), (value) => {
      const { objects, problems } = readObjects(JSON.stringify(value));
      expect(objects).toEqual(NO_OBJECTS);
      const isPlain = typeof value !== 'object' || value === null;
      expect(problems.includes('an object was expected')).toBe(isPlain);
    }),
  );
});

test('a text that is no JSON gives nothing but a problem', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
      (text) => {
        const { objects, problems } = readObjects(`${text}\u0001`);
        expect(objects).toEqual(NO_OBJECTS);
        expect(problems).not.toEqual([]);
      },
    ),
  );
});

test('what stands before, between and after broken text is read still', () => {
  fc.assert(
    fc.property(fc.string(), (between) => {
      const text = `{"kind":"Pod","metadata":{"name":"a"}}\n${between.replace(/["{}[\]\\]/g, '')}\n{"kind":"Pod","metadata":{"name":"b"}}`;
      expect(readObjects(text).objects.pods.map(({ name }) => name)).toEqual(['a', 'b']);
    }),
  );
});

test('whatever stands in the fields of an object, it is read', () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constant({ ports: [{ port: null }], podIPs: [{}], addresses: [{}] }),
  );
  const kind = fc.constantFrom('Service', 'EndpointSlice', 'Node', 'Pod');
  fc.assert(
    fc.property(kind, field, field, field, (each, spec, status, endpoints) => {
      const object = { kind: each, metadata: { name: 'a' }, spec, status, endpoints, ports: endpoints };
      const { objects } = readObjects(JSON.stringify(object));
      expect(
        objects.services.length + objects.slices.length + objects.nodes.length + objects.pods.length,
      ).toBe(1);
    }),
  );
});

test('a cluster’s objects are read without a problem', () => {
  const objects = dumpObjects('1.36.3');
  expect([objects.services.length, objects.slices.length, objects.nodes.length, objects.pods.length]).toEqual(
    [73, 76, 3, 192],
  );
});
