import { expect, test } from 'vitest';
import { coverageOfObjects, coverageOfResources } from '../../src/kubernetes/coverage.ts';
import { readObjects } from '../../src/kubernetes/readObjects.ts';
import { dumpObjects } from '../kubeproxy/dumps.ts';

function service(namespace: string, name: string) {
  return { kind: 'Service', metadata: { namespace, name } };
}

function slice(namespace: string, of: string) {
  const labels = { 'kubernetes.io/service-name': of };
  return { kind: 'EndpointSlice', metadata: { namespace, name: `${of}-1`, labels } };
}

function pod(namespace: string, nodeName: string) {
  return { kind: 'Pod', metadata: { namespace, name: 'web-0' }, spec: { nodeName } };
}

/** A slice of shop/web whose endpoint is on this node. */
function on(nodeName: string) {
  const targetRef = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
  const endpoints = [{ addresses: ['10.244.2.7'], nodeName, targetRef }];
  return { ...slice('shop', 'web'), addressType: 'IPv4', endpoints };
}

function coverage(...items: readonly object[]) {
  return coverageOfObjects(readObjects(JSON.stringify({ kind: 'List', items })).objects);
}

test('a list of all namespaces covers all', () => {
  const known = coverageOfObjects(dumpObjects('1.36.3'));
  expect([known.covers('services', null), known.covers('endpointslices', 'nowhere')]).toEqual([true, true]);
});

test('a list of one namespace covers none but that', () => {
  const known = coverage(
    service('default', 'kubernetes'),
    service('default', 'web'),
    slice('default', 'kubernetes'),
  );
  expect([known.covers('services', 'default'), known.covers('services', 'other')]).toEqual([true, false]);
  expect([known.covers('services', null), known.covers('endpointslices', 'default')]).toEqual([false, true]);
});

test('a selection covers nothing', () => {
  const known = coverage(service('default', 'web'), service('shop', 'web'));
  expect([known.covers('services', 'default'), known.covers('endpointslices', 'default')]).toEqual([
    false,
    false,
  ]);
});

test('Services without slices tell nothing of endpoints', () => {
  const known = coverage(service('default', 'kubernetes'), service('shop', 'web'));
  expect([known.covers('services', 'shop'), known.covers('endpointslices', 'shop')]).toEqual([true, false]);
});

test('Pods of one node are not those of all nodes', () => {
  const all = [service('default', 'kubernetes'), service('shop', 'web')];
  const pods = [pod('shop', 'node-1'), pod('kube-system', 'node-1')];
  expect(coverage(...all, ...pods, on('node-2')).covers('pods', 'shop')).toBe(false);
  expect(coverage(...all, ...pods, on('node-1')).covers('pods', 'shop')).toBe(true);
  expect(coverage(...all, ...pods, pod('infra', 'node-2'), on('node-2')).covers('pods', 'shop')).toBe(true);
});

test('a live list covers what was read to its end', () => {
  const known = coverageOfResources(new Set(['services']));
  expect([known.covers('services', 'any'), known.covers('pods', null)]).toEqual([true, false]);
});
