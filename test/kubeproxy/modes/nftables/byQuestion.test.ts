/** A Service port that is asked for alone is the one that all of them together show. */
import { describe, expect, test } from 'vitest';
import { NftablesEvidence } from '../../../../src/kubeproxy/modes/nftables/nftablesEvidence.ts';
import type { NftablesPort } from '../../../../src/kubeproxy/modes/nftables/nftablesPort.ts';
import { nftText } from '../../../../src/kubeproxy/nftSource.ts';
import { Sources } from '../../../../src/kubeproxy/sources.ts';
import { normalAddress } from '../../../../src/values/address.ts';
import { dumpText } from '../../dumps.ts';

const text = dumpText('1.36.3-nftables', 'nft.txt') ?? '';

/** Some chains lead nowhere from the maps; some names are cut, so that they tell nothing. */
const texts = [
  ['as recorded', text],
  ['without half of its elements', withoutElements(text)],
  ['with names that are cut', text.replaceAll('/tcp/', '/tc...')],
] as const;

function withoutElements(whole: string): string {
  let count = 0;
  return whole.replaceAll(/^\t\t\t {5}.*? : goto .*,\n/gmu, (line) => (++count % 2 === 0 ? '' : line));
}

function evidenceOf(ruleset: string): NftablesEvidence {
  return new NftablesEvidence(new Sources([], null, nftText('nft.txt', ruleset)));
}

function told(port: NftablesPort | null): object {
  return {
    title: port?.title,
    name: port?.name,
    families: port?.families,
    frontends: port?.frontends(),
    endpoints: port?.endpoints(),
    policies: port?.policies(),
    affinity: port?.affinity(),
    refusals: port?.refusals(),
    leftOver: port?.leftOver,
  };
}

describe.each(texts)('kube-proxy’s table %s', (_, ruleset) => {
  const all = evidenceOf(ruleset).ports;

  test('gives each port alone as among all', () => {
    const single = evidenceOf(ruleset);
    const alone = [...all.keys()].map((key) => [key, single.port(key)] as const);
    expect(alone.length).toBeGreaterThan(20);
    for (const [key, port] of alone) {
      expect(told(port), key).toEqual(told(all.get(key) ?? null));
      expect(single.ports.get(key)).toBe(port);
    }
    expect(single.port('nothing')).toBeNull();
  });

  test('finds ports by the addresses of their frontends and endpoints', () => {
    const single = evidenceOf(ruleset);
    for (const [key, port] of all) {
      for (const { address } of port.frontends())
        expect([...single.portsAt(address === null ? null : normalAddress(address))]).toContain(key);
      for (const { address } of port.endpoints())
        expect([...single.portsWithEndpointAt(address)]).toContain(key);
    }
  });
});
