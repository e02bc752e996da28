/** What a rule asks of an interface that is not known. */
import { formatAddress } from '../../values/address.ts';
import { presume, type Question, question } from '../answers.ts';
import { interfaceFact, type InterfaceVariable, opposite, typeFact } from '../facts.ts';
import type { InterfaceHint, InterfacePattern } from '../hints.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { localQuestion } from './ownAddress.ts';

export interface InterfaceAsked {
  readonly end: 'input' | 'output';
  readonly pattern: InterfacePattern;
  readonly text: string;
  /** `Rule 1 of filter/INPUT`: who asks. */
  readonly rule: string;
}

/** Whether the packet comes in, or goes out, by an interface that fits: both answers are explored. */
export function interfaceQuestion(
  { end, pattern, text, rule }: InterfaceAsked,
  packet: Packet,
  run: Run,
): Question {
  // A node's own broadcast comes in by where it went out.
  const variable: InterfaceVariable = end === 'input' && !packet.local ? 'input' : packet.outputOf;
  const isDeparture = variable === 'departure';
  if (isDeparture && pattern.name === 'lo' && !pattern.prefix) {
    return localQuestion(run, packet, departure(packet));
  }
  const way = end === 'input' ? 'come in' : 'go out';
  const sentOn =
    packet.local && !isDeparture ? `, sent on to ${formatAddress(addressOf(packet, 'destination'))}` : '';
  const which = whichPacket(run);
  const by = `by ${text}${sentOn}`;
  const claim = `the ${which} ${way === 'come in' ? 'comes in' : 'goes out'} ${by}`;
  const fact = interfaceFact(variable, pattern, run.scope);
  const isElsewhere = isDeparture && !'lo'.startsWith(pattern.name) ? notLocal(packet) : null;
  const key = `${fact.variable}:${text}`;
  const meaning = { is: [fact], needs: [isElsewhere] };
  const hint = hintOf(end, variable, pattern, packet, run);
  if (hint === null) {
    const message = `${rule} asks whether ${claim}; the interface is not known.`;
    return question(key, 'interface-unknown', message, claim, meaning);
  }
  const message = `The ${which} is taken ${hint.passes ? '' : 'not '}to ${way} ${by}: ${hint.because}.`;
  return presume(hint.passes, key, 'interface-assumed', message, claim, meaning);
}

/** Of a node's own broadcast, which comes in again, nobody knows more. */
function hintOf(
  end: InterfaceAsked['end'],
  variable: InterfaceVariable,
  pattern: InterfacePattern,
  packet: Packet,
  { hints }: Run,
): InterfaceHint | null {
  if (end === 'output') return hints.interfaceHint(addressOf(packet, 'destination'), pattern);
  return variable === 'input' ? hints.interfaceHint(addressOf(packet, 'source'), pattern) : null;
}

/** What is this node's own goes out by `lo` alone. */
function notLocal(packet: Packet): ReturnType<typeof typeFact> {
  const fact = typeFact(formatAddress(departure(packet)), new Set(['LOCAL']));
  return fact === null ? null : opposite(fact);
}

function departure({ family, departedTo, destination }: Packet): ReturnType<typeof addressOf> {
  return { family, value: departedTo ?? destination };
}

function whichPacket({ scope }: Run): string {
  return scope === '' ? 'packet' : `packet of ${scope.slice(0, -1)}`;
}
