/**
 * On both sides of the releases in which kube-proxy changed what it takes. From pkg/features/kube_features.go:
 * TopologyAwareHints alpha in 1.21, PreferSameTrafficDistribution (hints for nodes) alpha in 1.33, ProxyTerminatingEndpoints
 * alpha in 1.22 and fixed to on in 1.28.
 */
import { describe, expect, test } from 'vitest';
import type { Service } from '../../../../src/kubernetes/objects.ts';
import { createAudit } from '../../../../src/kubeproxy/findings/cluster/audit.ts';
import { expectedEndpoints } from '../../../../src/kubeproxy/findings/cluster/expectedEndpoints.ts';
import type { ListedEndpoint } from '../../../../src/kubeproxy/findings/cluster/listedEndpoints.ts';
import { dumpObjects } from '../../dumps.ts';
import { auditedDump } from './support.ts';

function endpoint(key: string, more: Partial<ListedEndpoint> = {}): ListedEndpoint {
  return {
    key,
    ready: true,
    serving: true,
    terminating: false,
    nodeName: key,
    hintZones: [],
    hintNodes: [],
    ...more,
  };
}

function serviceWith(policy: Partial<Service>): Service {
  const [any] = dumpObjects('1.36.3').services;
  if (any === undefined) throw new Error('no Service');
  return { ...any, internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster', ...policy };
}

/** What must be in the rules of a node `here` in zone `a`, and what may, of one release. */
function expected(
  minor: number,
  endpoints: readonly ListedEndpoint[],
  policy: Partial<Service> = {},
): { readonly cluster: string; readonly local: string } {
  const node = { name: 'here', zone: 'a', sinceMinor: minor, untilMinor: minor };
  const { cluster, local } = expectedEndpoints(serviceWith(policy), { outside: true }, endpoints, node);
  const words = ({ must, may }: typeof cluster): string =>
    [...may].map((key) => (must.has(key) ? key : `${key}?`)).join(' ');
  return { cluster: words(cluster), local: words(local) };
}

describe('hints', () => {
  const zones = [endpoint('here', { hintZones: ['a'] }), endpoint('there', { hintZones: ['b'] })];
  const nodes = [endpoint('here', { hintNodes: ['here'] }), endpoint('there', { hintNodes: ['there'] })];

  test.each([
    [20, 'here there'],
    [21, 'here there?'],
    [36, 'here there?'],
  ])('for zones, in 1.%i: %s', (minor, found) => {
    expect(expected(minor, zones).cluster).toBe(found);
  });

  test.each([
    [32, 'here there'],
    [33, 'here there?'],
    [36, 'here there?'],
  ])('for nodes, in 1.%i: %s', (minor, found) => {
    expect(expected(minor, nodes).cluster).toBe(found);
  });
});

describe('endpoints that serve while they terminate, where none is ready', () => {
  const leaving = [endpoint('here', { ready: false, terminating: true })];
  const local: Partial<Service> = { externalTrafficPolicy: 'Local' };

  test.each([
    [24, 'here?'],
    [27, 'here?'],
    [28, 'here'],
    [36, 'here'],
  ])('of the whole cluster, in 1.%i: %s', (minor, found) => {
    expect(expected(minor, leaving).cluster).toBe(found);
  });

  test.each([
    [21, ''],
    [22, 'here?'],
    [23, 'here?'],
    [27, 'here?'],
    [28, 'here'],
  ])('of the node, in 1.%i: %s', (minor, found) => {
    expect(expected(minor, leaving, local).local).toBe(found);
  });
});

describe('node ports that no rule has', () => {
  const analysis = auditedDump('1.36.3', {
    rules: (text) => text.replaceAll(/^-A KUBE-NODEPORTS .*\n/gm, ''),
  });

  test.each([
    [30, 0],
    [31, 1],
  ])('are missed in 1.%i by %i findings of a Service', (minor, count) => {
    const port = analysis.catalog.portNamed('edge/np-cluster:http');
    const node = { name: 'node-1', zone: '', sinceMinor: minor, untilMinor: null };
    const { sources, rulesets, catalog, coverage, mode } = analysis;
    const audit = createAudit({ sources, rulesets, mode, catalog, coverage, node, taken: null });
    const found = port === null ? null : audit.ofPort(port);
    expect(found?.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'frontend-missing'));
  });
});
