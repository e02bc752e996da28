import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { toYaml } from '../../../src/cluster/adapters/yaml.ts';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    managedFields: [{ manager: 'kubectl' }],
    annotations: { note: 'a\nb: "c" \u001b[31m' },
  },
  spec: { ports: [{ port: 80 }] },
};

it('leaves out what only the API server needs', () => {
  const { managedFields: _, ...metadata } = service.metadata;
  expect(load(toYaml(service))).toEqual({ ...service, metadata });
});

it('keeps a hostile text in its place, on lines of its own field', () => {
  const text = toYaml(service);
  expect(text).not.toContain('\u001b');
  expect(text.split('\n').filter((line) => line.startsWith('b:'))).toEqual([]);
});

it('shows an object without metadata as it is', () => {
  expect(toYaml({ kind: 'Status' })).toBe('kind: Status\n');
});
