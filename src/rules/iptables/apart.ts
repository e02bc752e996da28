/**
 * Whether no packet can match two rules: shown by one thing that both ask for and that no packet has in both ways. False
 * says nothing: what it does not look at may keep them apart all the same.
 */
import type { Network } from '../../values/address.ts';
import { readInterface, readProtocol } from '../../values/names.ts';
import type { NumberRange } from '../../values/numbers.ts';
import { askedOf, type InterfacePattern, networks, portsOf, statesOf } from './asked.ts';
import type { Rule } from './nodes.ts';

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
    (rule) => askedOf(rule, '-p', readProtocol),
    (a, b) => a === 0 || b === 0 || a === b,
  ),
  aspect((rule) => askedOf(rule, '-d', networks), someMeet(networksMeet)),
  aspect((rule) => askedOf(rule, '-s', networks), someMeet(networksMeet)),
  aspect((rule) => portsOf(rule, '--dport', '--dports'), someMeet(rangesMeet)),
  aspect((rule) => portsOf(rule, '--sport', '--sports'), someMeet(rangesMeet)),
  aspect((rule) => askedOf(rule, '-i', readInterface), interfacesMeet),
  aspect((rule) => askedOf(rule, '-o', readInterface), interfacesMeet),
  aspect(statesOf, (a, b) => a.some((state) => b.includes(state))),
];

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

function interfacesMeet(a: InterfacePattern, b: InterfacePattern): boolean {
  if (a.prefix && b.prefix) return a.name.startsWith(b.name) || b.name.startsWith(a.name);
  if (a.prefix) return b.name.startsWith(a.name);
  return b.prefix ? a.name.startsWith(b.name) : a.name === b.name;
}
