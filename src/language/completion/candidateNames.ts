/** Whose a chain or an address among the candidates is: told beside it. */
import { serviceOfChain } from '../chainTitle.ts';
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
