/** What a rule asks of an address that is one of the node's own, nobody knows which. */
import { presume, type Question, question } from '../answers.ts';
import { addressFact } from '../facts.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';

/** Of a packet that REDIRECT sent to one of the node's own addresses, nobody knows which. */
export function redirectedQuestion({ family }: Packet, wanted: string): Question {
  const claim = `the address that REDIRECT took is in ${wanted}`;
  return question(`redirected:${wanted}`, 'destination-unknown', `Whether ${claim} is not known.`, claim, {
    is: [addressFact('redirected', wanted, family)],
  });
}

/**
 * Asked of a packet that has one of the node's own addresses, nobody knows which. Both answers are explored where the rule
 * `decides` what becomes of the packet and asks for a network that the node may well be in; one address, and the pods' network, are
 * taken to be others'.
 */
export function sourceQuestionOf(
  { family, masqueraded }: Pick<Packet, 'family' | 'masqueraded'>,
  wanted: string,
  decides: boolean,
  run: Run,
): Question {
  const variable = masqueraded ? 'masqueraded' : 'source';
  const key = `${variable}:${wanted}`;
  const claim = `the node’s address is in ${wanted}`;
  const meaning = { is: [addressFact(variable, wanted, family)] };
  if (decides && !isOneAddress(wanted) && !run.hints.isPodNetwork(wanted)) {
    const message = `Whether the node’s own address on the packet is in ${wanted} is not known: no file says which one it is.`;
    return question(key, 'source-unknown', message, claim, meaning);
  }
  const message = `The node’s own address on the packet is taken to lie outside of ${wanted}; no file says which one it is.`;
  return presume(false, key, 'source-unknown', message, claim, meaning);
}

/** `10.244.1.5`, `10.244.1.5/32` */
function isOneAddress(wanted: string): boolean {
  return (
    !wanted.includes('-') && !wanted.includes(',') && (!wanted.includes('/') || /\/(?:32|128)$/.test(wanted))
  );
}
