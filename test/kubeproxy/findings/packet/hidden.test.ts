/** `client-address-lost`: which Services do not see who asks from outside. */
import { expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';
import { findingsOfPackets } from '../../../../src/kubeproxy/findings/packet/ofPackets.ts';
import { finish } from '../../../../src/values/steps.ts';
import { Dump } from '../rules/faults/dump.ts';

/** What masquerades for clients of outer addresses: traffic policies of Cluster have one each. */
const MASQUERADED =
  /^-A KUBE-EXT-\S+ -m comment --comment "masquerade traffic for \S+ external destinations" -j KUBE-MARK-MASQ$/u;
const OF_ONE =
  /^-A KUBE-EXT-\S+ -m comment --comment "masquerade traffic for edge\/np-cluster:http external destinations" -j KUBE-MARK-MASQ$/u;

function hidden(dump: Dump | null): readonly Finding[] {
  const found = finish(findingsOfPackets(analysisOfFiles(dump?.files ?? new Map()), []));
  return found.filter(({ code }) => code === 'client-address-lost');
}

function services([finding]: readonly Finding[]): number {
  return Number(/ of (\d+) Services /u.exec(finding?.message ?? '')?.[1]);
}

const dump = Dump.of('1.36.3');

it('is one note, at the rule that masquerades', () => {
  const found = hidden(dump);

  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    severity: 'information',
    at: { table: 'nat', chain: 'KUBE-POSTROUTING', index: 2 },
    service: null,
  });
  expect(services(found)).toBeGreaterThan(5);
});

it('is not said of a Service whose clients nothing marks', () => {
  expect(services(hidden(dump.without(OF_ONE)))).toBe(services(hidden(dump)) - 1);
});

it('is not said where nothing marks clients from outside', () => {
  expect(hidden(dump.without(MASQUERADED))).toEqual([]);
});
