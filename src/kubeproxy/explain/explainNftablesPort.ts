/** A Service port of nftables mode: its chains, how they are reached, and what they balance over. */
import { NftablesPort } from '../modes/nftables/nftablesPort.ts';
import type { NftablesChainKind } from '../modes/nftables/names.ts';
import { plural } from '../narrative/words.ts';
import type { ServicePort } from '../services/catalog.ts';
import { frontendWords } from '../words/frontendWords.ts';
import { explainedEndpoint, objectsOf, serviceSentence } from './explainServiceChain.ts';
import type { Explanation } from './explanation.ts';

const purposes: readonly (readonly [NftablesChainKind, string])[] = [
  ['external', 'what comes from outside the cluster'],
  ['firewall', 'what the source ranges leave'],
  ['service', 'all endpoints'],
  ['local', 'the endpoints of this node'],
];

/** Null for a port of another mode. */
export function explainNftablesPort(port: ServicePort): Explanation | null {
  const { evidence } = port;
  if (!(evidence instanceof NftablesPort)) return null;
  const balanced = port.endpoints.filter((each) => each.inRules);
  return {
    family: port.families.length === 1 ? (port.families[0] ?? null) : null,
    objects: objectsOf(port, null),
    title: port.name,
    summary: balanced.length === 0 ? '' : `balances over ${plural(balanced.length, 'endpoint')}`,
    chain: null,
    table: null,
    sentences: [...serviceSentence(port), ...chainSentences(evidence)],
    endpoints: port.endpoints.map((each) => explainedEndpoint(each, false)),
    reachedBy: port.frontends.map((each) => frontendWords(each, null)),
    referenceCount: 0,
    references: [],
    owner: 'kube-proxy',
    ending: '',
    warnings:
      balanced.length === 0 ? ['It has no endpoints in the rules: its packets are refused by a map.'] : [],
  };
}

/** `service-ULMVA6XW-ns1/svc1/tcp/p80 of IPv4 is for all endpoints.` */
function chainSentences(evidence: NftablesPort): readonly string[] {
  return evidence.families.flatMap((family) =>
    purposes.flatMap(([kind, purpose]) => {
      const chain = evidence.chainOf(family, kind);
      return chain === null ? [] : [`${chain} of IPv${family} is for ${purpose}.`];
    }),
  );
}
