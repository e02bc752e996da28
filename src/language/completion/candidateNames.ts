/** Whose a chain or an address among the candidates is: told beside it. */
import type { Family } from '../../kernel/flow.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { addressesIn, ownersOf } from '../hover/addresses.ts';
import type { Candidate } from './candidates.ts';
import type { CompletionRequest } from './context.ts';
import type { Place } from './place.ts';

/** Gives candidates the names of their Services, pods and interfaces; those that have a detail stay as they are. */
export function candidateNames(
  { analysis }: CompletionRequest,
  place: Place,
): (candidate: Candidate) => Candidate {
  if (analysis === null || place.table === null) return (candidate) => candidate;
  const family = place.table.family ?? 4;
  const isChain = place.kind === 'chain' || place.kind === 'jump' || place.kind === 'goto';
  const nameOf = (text: string): string | null => {
    if (isChain) return place.table?.name === 'nat' ? serviceOfChain(analysis, text, family) : null;
    const [address] = place.kind === 'value' ? addressesIn(text) : [];
    return address === undefined ? null : ownersOf(analysis, address, (name) => name);
  };
  return (candidate) => {
    const detail = candidate.detail ?? nameOf(candidate.text);
    return detail === null || detail === '' ? candidate : { ...candidate, detail };
  };
}

/** `default/web:http`, `10.244.1.5:8080 of default/web:http`; null for a chain of no Service that is known by name. */
function serviceOfChain(analysis: Analysis, chain: string, family: Family): string | null {
  const owner = analysis.iptables.ofChain(chain, family);
  if (owner === null || owner.port.nameSource === 'structure') return null;
  const { port, endpoint } = owner;
  if (endpoint === null) return port.name;
  return `${formatEndpoint({ address: endpoint.address, port: endpoint.port })} of ${port.name}`;
}
