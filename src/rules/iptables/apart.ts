/**
 * Whether no packet can match two rules: shown by one thing that both ask for and that no packet has in both ways. False
 * says nothing: what it does not look at may keep them apart all the same.
 */
import type { Network } from '../../values/address.ts';
import { readInterface, readProtocol } from '../../values/names.ts';
import { readNetworks } from '../../values/networks.ts';
import type { NumberRange } from '../../values/numbers.ts';
import { readPortList, readPortRange } from '../../values/ports.ts';
import type { Reading } from '../../values/reading.ts';
import { canonicalName, optionNamed } from './names.ts';
import type { Option, Rule } from './nodes.ts';
import { readConntrackStates } from './values/conntrack.ts';

export function areApart(a: Rule, b: Rule): boolean {
  return aspects.some((isApart) => isApart(a, b));
}

type Aspect = (a: Rule, b: Rule) => boolean;

/** `find` gives what a rule asks for, null for everything; `meet` whether one packet may have both. */
function aspect<Asked>(find: (rule: Rule) => Asked | null, meet: (a: Asked, b: Asked) => boolean): Aspect {
  return (a, b) => {
    const one = find(a);
    if (one === null) return false;
    const other = find(b);
    return other !== null && !meet(one, other);
  };
}

const aspects: readonly Aspect[] = [
  aspect(
    (rule) => general(rule, '-p', readProtocol),
    (a, b) => a === 0 || b === 0 || a === b,
  ),
  aspect((rule) => general(rule, '-d', networks), someMeet(networksMeet)),
  aspect((rule) => general(rule, '-s', networks), someMeet(networksMeet)),
  aspect((rule) => portsOf(rule, '--dport', '--dports'), someMeet(rangesMeet)),
  aspect((rule) => portsOf(rule, '--sport', '--sports'), someMeet(rangesMeet)),
  aspect((rule) => general(rule, '-i', readInterface), interfacesMeet),
  aspect((rule) => general(rule, '-o', readInterface), interfacesMeet),
  aspect(statesOf, (a, b) => a.some((state) => b.includes(state))),
];

function networks(text: string): Reading<readonly Network[]> {
  return readNetworks(text, null);
}

function general<Value>(rule: Rule, name: string, read: (text: string) => Reading<Value>): Value | null {
  return plainValue(optionNamed(rule.general, name), read);
}

/** Null without the option, for a negated one, and for what cannot be read. */
function plainValue<Value>(option: Option | null, read: (text: string) => Reading<Value>): Value | null {
  const text = option === null || option.negation !== null ? undefined : option.values[0]?.text;
  const reading = text === undefined ? null : read(text);
  return reading?.kind === 'value' ? reading.value : null;
}

const transports: ReadonlySet<string> = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'multiport']);

function portsOf(rule: Rule, one: string, many: string): readonly NumberRange[] | null {
  for (const match of rule.matches) {
    if (!transports.has(canonicalName(match))) continue;
    const range = plainValue(optionNamed(match.options, one), readPortRange);
    if (range !== null) return [range];
    const list = plainValue(optionNamed(match.options, many), readPortList);
    if (list !== null) return list;
  }
  return null;
}

function statesOf(rule: Rule): readonly string[] | null {
  for (const match of rule.matches) {
    const name = canonicalName(match);
    const option = name === 'state' ? '--state' : name === 'conntrack' ? '--ctstate' : null;
    const states =
      option === null ? null : plainValue(optionNamed(match.options, option), readConntrackStates);
    // A connection that is translated is NEW or ESTABLISHED too.
    if (states !== null && !states.includes('SNAT') && !states.includes('DNAT')) return states;
  }
  return null;
}

function someMeet<Item>(
  meet: (a: Item, b: Item) => boolean,
): (a: readonly Item[], b: readonly Item[]) => boolean {
  return (a, b) => a.some((one) => b.some((other) => meet(one, other)));
}

function networksMeet(a: Network, b: Network): boolean {
  if (a.family !== b.family) return false;
  const mask = a.mask & b.mask;
  return (a.value & mask) === (b.value & mask);
}

function rangesMeet(a: NumberRange, b: NumberRange): boolean {
  return a.from <= b.to && b.from <= a.to;
}

interface InterfacePattern {
  readonly name: string;
  readonly prefix: boolean;
}

function interfacesMeet(a: InterfacePattern, b: InterfacePattern): boolean {
  if (a.prefix && b.prefix) return a.name.startsWith(b.name) || b.name.startsWith(a.name);
  if (a.prefix) return b.name.startsWith(a.name);
  return b.prefix ? a.name.startsWith(b.name) : a.name === b.name;
}
