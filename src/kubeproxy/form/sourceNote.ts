import { parseAddress } from '../../values/address.ts';
import { inferArrival, uplinksOf } from '../../kernel/arrival.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { ownerNote } from './destinationNote.ts';

const kindWords = { pod: 'pod', external: 'outside the cluster', node: 'this node' } as const;

/**
 * How the source was understood: `pod default/client, enters by cni0`. `standsFor`: whom its address stands for, where the
 * words named nobody.
 */
export function sourceNote(flow: Flow, standsFor: string | null, analysis: Analysis): string {
  const { kind, address } = flow.from;
  const owner = address === null || kind === 'node' ? '' : ownerNote(address, analysis);
  const named = owner === '' ? kindWords[kind] : owner;
  const who = standsFor === null || address === null ? named : standInWords(named, address, standsFor);
  const arrival = arrivalOf(flow, analysis);
  if (arrival === null) return who;
  return flow.packet?.l2 === 'bridged'
    ? `${who}, on ${arrival} with the receiver`
    : `${who}, enters by ${arrival}`;
}

/** `pod default/client (10.244.1.7), for any pod` */
function standInWords(named: string, address: string, standsFor: string): string {
  return named === kindWords.external
    ? `${address}, for ${standsFor}`
    : `${named} (${address}), for ${standsFor}`;
}

/** The interface that the packet comes in by; null where the node makes it, or where nothing tells. */
function arrivalOf({ family, from }: Flow, { node }: Analysis): string | null {
  if (from.kind === 'node') return null;
  if (from.interface !== undefined) return from.interface;
  const address = from.address === null ? null : parseAddress(from.address);
  if (address === null) return null;
  const guess = inferArrival(node, family, address);
  // With more than one way in, an assumption of the answer says which is taken.
  if (guess.byDefault === true && uplinksOf(node, family).length > 1) return null;
  return guess.interface ?? null;
}
