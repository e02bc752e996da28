import type { NumberRange } from '../../values/numbers.ts';
import { MAX_16 } from '../../values/numbers.ts';
import { type Answer, question } from '../answers.ts';
import { type Fact, numberFact } from '../facts.ts';
import type { Packet } from '../packet.ts';

const ANY_PORT: NumberRange = { from: 1, to: MAX_16 };

/** Which port of the connection's first packet a port of this packet took the place of: answers carry them the other way round. */
export function originalEnd({ direction }: Packet, end: 'source' | 'destination'): 'source' | 'destination' {
  return (end === 'source') === (direction === 'original') ? 'source' : 'destination';
}

/** What the kernel picks a port of the connection's first packet from; any, where that is not known. */
export function pickedFrom({ connection }: Packet, end: 'source' | 'destination'): NumberRange {
  const known = end === 'source' ? connection?.pickedSourcePorts : connection?.pickedDestinationPorts;
  return known ?? ANY_PORT;
}

/** That the picked port is one of these. */
export function pickedFact(end: 'source' | 'destination', ranges: readonly NumberRange[]): Fact {
  return numberFact(`port:${end}`, ranges, MAX_16);
}

/**
 * Whether a port that the kernel picked at random is in one of `ranges`: it is one of those that it picks from. `end`: which
 * port of the connection's first packet it took the place of.
 */
export function testPicked(
  picked: NumberRange | null | undefined,
  end: 'source' | 'destination',
  ranges: readonly NumberRange[],
): Answer {
  const from = picked ?? ANY_PORT;
  if (ranges.some((range) => range.from <= from.from && range.to >= from.to)) return true;
  if (!ranges.some((range) => range.from <= from.to && range.to >= from.from)) return false;
  const text = ranges.map((range) => `${range.from}:${range.to}`).join(',');
  return question(
    `port:${end}:${text}`,
    'port-unknown',
    `The kernel picks the ${end} port at random; a rule asks whether it is ${text}.`,
    `the ${end} port is one of ${text}`,
    { is: [pickedFact(end, ranges)] },
  );
}
