/** What rules ask of a packet, in the plain cases: one option that is not negated. */
import type { Network } from '../../values/address.ts';
import { readNetworks } from '../../values/networks.ts';
import type { NumberRange } from '../../values/numbers.ts';
import { readPortList, readPortRange } from '../../values/ports.ts';
import type { Reading } from '../../values/reading.ts';
import { canonicalName, optionNamed } from './names.ts';
import type { Option, Rule } from './nodes.ts';
import { readConntrackStates } from './values/conntrack.ts';

/** As `readInterface` gives it. */
export interface InterfacePattern {
  readonly name: string;
  readonly prefix: boolean;
}

/** `10.0.0.0/8,192.168.0.0/16` */
export function networks(text: string): Reading<readonly Network[]> {
  return readNetworks(text, null);
}

/** What a general option asks for: of `-s 10.0.0.0/8` the networks. Null without it, for a negated one, and for what cannot be read. */
export function askedOf<Value>(
  rule: Rule,
  name: string,
  read: (text: string) => Reading<Value>,
): Value | null {
  return plainValue(optionNamed(rule.general, name), read);
}

/** Null without the option, for a negated one, and for what cannot be read. */
function plainValue<Value>(option: Option | null, read: (text: string) => Reading<Value>): Value | null {
  const text = option === null || option.negation !== null ? undefined : option.values[0]?.text;
  const reading = text === undefined ? null : read(text);
  return reading?.kind === 'value' ? reading.value : null;
}

const transports: ReadonlySet<string> = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'multiport']);

/** Of a match that knows ports, or of multiport; null where no one range or list is asked for. */
export function portsOf(rule: Rule, one: string, many: string): readonly NumberRange[] | null {
  for (const match of rule.matches) {
    if (!transports.has(canonicalName(match))) continue;
    const range = plainValue(optionNamed(match.options, one), readPortRange);
    if (range !== null) return [range];
    const list = plainValue(optionNamed(match.options, many), readPortList);
    if (list !== null) return list;
  }
  return null;
}

/** Of conntrack or state; null where SNAT or DNAT is among them, which connections of other states are too. */
export function statesOf(rule: Rule): readonly string[] | null {
  for (const match of rule.matches) {
    const name = canonicalName(match);
    const option = name === 'state' ? '--state' : name === 'conntrack' ? '--ctstate' : null;
    const states =
      option === null ? null : plainValue(optionNamed(match.options, option), readConntrackStates);
    if (states !== null && !states.includes('SNAT') && !states.includes('DNAT')) return states;
  }
  return null;
}
