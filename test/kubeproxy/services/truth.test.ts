import { joinHostPort } from '../../../src/values/hostPort.ts';
import { describe, expect, test } from 'vitest';
import { chainsOf } from '../../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../../../src/kubeproxy/services/catalog.ts';
import { dumpObjects, dumpServices, dumpsWith, dumpText } from '../dumps.ts';
import { expectedPorts, type ExpectedPort } from './truth.ts';

const CHANCE_STEP = 1 / 2 ** 31;

/** In nftables and IPVS mode the iptables rules hold no Services; the large dump has a test of its own. */
const dumps = dumpsWith('iptables-save.txt', 'ip6tables-save.txt', 'objects.json').filter(
  (dump) => dumpText(dump, 'ipvsadm-save.txt') === null,
);

describe.each(dumps)('the rules of kube-proxy %s, without a look at the objects', (dump) => {
  const since24 = dump !== '1.23.4';
  const release = { terminating: since24, hints: since24, ipMode: since24, localChains: since24 };
  const { catalog } = dumpServices(dump);
  const objects = dumpObjects(dump);

  describe.each([4, 6] as const)('IPv%i', (family) => {
    const expected = expectedPorts(objects, family, 'node-1', release);

    test.each(expected.map((port) => [`${port.name}/${port.protocol}`, port] as const))('%s', (id, port) => {
      const found = catalog.portById(id);
      if (found === null) throw new Error(`not in the catalog: ${id}`);
      expectFrontends(found, port, family);
      expectShares(found, port, family);
    });

    test('nothing else is in the catalog', () => {
      const ids = new Set(expected.map((port) => `${port.name}/${port.protocol}`));
      const own = catalog.ports.filter((port) => port.families.includes(family));
      expect(own.map((port) => port.id).filter((id) => !ids.has(id))).toEqual([]);
    });
  });
});

function expectFrontends(found: ServicePort, port: ExpectedPort, family: 4 | 6): void {
  // Where every frontend is rejected, nothing in the rules tells the policies.
  const told = port.frontends.some((each) => each.fate !== 'rejected');
  const own = found.frontends
    .filter((each) => each.family === family)
    .map(({ kind, address, port: number, policy, fate, sourceRanges, at }) => ({
      kind: kind === 'external' ? outsideKind(port, address) : kind,
      address,
      port: number,
      policy: told ? policy : 'not told',
      fate,
      ranges:
        kind === 'loadBalancerIP' && at.table === 'nat' ? withoutLoadBalancer(sourceRanges, address) : null,
    }));
  expect(sorted(own)).toEqual(
    sorted(
      port.frontends.map((each) => ({
        ...each,
        policy: told ? each.policy : 'not told',
        ranges: each.fate === 'balanced' ? each.ranges : null,
      })),
    ),
  );
}

/** Where an address is refused in table filter, the rules alone cannot tell an external IP from a load-balancer IP. */
function outsideKind(port: ExpectedPort, address: string | null): string {
  return port.frontends.find((each) => each.address === address)?.kind ?? 'external';
}

/** kube-proxy also lets the load balancer's own address through where the node is in the ranges. */
function withoutLoadBalancer(
  ranges: readonly string[] | null,
  address: string | null,
): readonly string[] | null {
  return ranges?.filter((range) => range.split('/')[0] !== address) ?? null;
}

function sorted<Item>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function expectShares(found: ServicePort, port: ExpectedPort, family: 4 | 6): void {
  const chains = chainsOf(found, family);
  if (chains.svc !== null) expectEven(found, family, 'share', port.cluster);
  if (chains.svl !== null || chains.xlb !== null) expectEven(found, family, 'localShare', port.local);
}

function expectEven(
  found: ServicePort,
  family: 4 | 6,
  field: 'share' | 'localShare',
  keys: readonly string[],
): void {
  const balanced = found.endpoints.filter((each) => each.family === family && each[field] !== null);
  expect(balanced.map((each) => joinHostPort(each.address, each.port ?? 0)).sort()).toEqual(keys);
  for (const each of balanced) {
    expect(Math.abs((each[field] ?? 0) - 1 / keys.length)).toBeLessThanOrEqual(CHANCE_STEP);
    expect(each.hairpin).toBe(true);
  }
}

test('objects without comments name every chain by its hash', () => {
  const { iptables } = dumpServices('1.36.3', 'with objects');
  expect(iptables.ofChain('KUBE-SVC-NPX46M4PTMTKRN6Y')?.port.name).toBe('default/kubernetes:https');
});
