/**
 * Whether a rule takes every packet that a later one of its chain could match: a proof from what the two say. What a rule between
 * them could change of a packet, such as its mark, proves nothing. False says nothing.
 */
import type { Network } from '../../values/address.ts';
import { readInterface } from '../../values/names.ts';
import type { NumberRange } from '../../values/numbers.ts';
import { askedOf, type InterfacePattern, networks, portsOf } from './asked.ts';
import { conditionMeanings } from './meaning.ts';
import { canonicalName } from './names.ts';
import type { Rule } from './nodes.ts';

/** Whether no packet gets past a rule that it matches: not to the next rule of its chain. */
export function endsWalk({ target }: Rule): boolean {
  if (target === null) return false;
  return target.kind === 'goto' || target.definition?.terminal === true || canonicalName(target) === 'RETURN';
}

/** A rule with what it asks for, which is asked of many rules behind it: worked out when it is first held against one. */
export class Taker {
  readonly rule: Rule;
  #conditions: readonly string[] | null = null;

  constructor(rule: Rule) {
    this.rule = rule;
  }

  get conditions(): readonly string[] {
    return (this.#conditions ??= conditionMeanings(this.rule));
  }
}

/** Null for a rule of which nothing can be proved: it asks for what may change on the way, or what is not known. */
export function takerOf(rule: Rule): Taker | null {
  const isSteady =
    rule.unknown.length === 0 && rule.matches.every((match) => steady.has(canonicalName(match)));
  return isSteady ? new Taker(rule) : null;
}

/** Whether every packet that may match `later` matches the taker. `asked`: the conditions of `later`. */
export function covers(taker: Taker, later: Rule, asked: ReadonlySet<string>): boolean {
  const { rule } = taker;
  return taker.conditions.every((condition) => asked.has(condition) || isImplied(condition, rule, later));
}

/** Matches of which no rule of a chain changes the answer for a packet on its way through. */
const steady: ReadonlySet<string> = new Set([
  'addrtype',
  'comment',
  'icmp',
  'icmp6',
  'iprange',
  'mac',
  'multiport',
  'owner',
  'physdev',
  'pkttype',
  'sctp',
  'tcp',
  'udp',
]);

/** `condition` is one of the rule's, of a kind of which more than the words can be compared. */
function isImplied(condition: string, rule: Rule, later: Rule): boolean {
  const [first = ''] = condition.split(' ', 1);
  if (first === '-s' || first === '-d')
    return isWithin((each) => askedOf(each, first, networks), rule, later, allWithin(networkWithin));
  if (first === '-i' || first === '-o')
    return isWithin((each) => askedOf(each, first, readInterface), rule, later, interfaceWithin);
  return PORTS_ALONE.test(condition) && portsWithin(rule, later);
}

/** A match that asks for ports and nothing else, not negated. */
const PORTS_ALONE = /^(?:tcp|udp|sctp|multiport)(?: --[ds]ports? [\d:,]+)+$/u;

function portsWithin(rule: Rule, later: Rule): boolean {
  return portOptions.every(
    ([one, many]) =>
      portsOf(rule, one, many) === null ||
      isWithin((each) => portsOf(each, one, many), rule, later, allWithin(rangeWithin)),
  );
}

const portOptions = [
  ['--dport', '--dports'],
  ['--sport', '--sports'],
] as const;

function rangeWithin(narrow: NumberRange, wide: NumberRange): boolean {
  return wide.from <= narrow.from && narrow.to <= wide.to;
}

function isWithin<Asked>(
  find: (rule: Rule) => Asked | null,
  rule: Rule,
  later: Rule,
  within: (narrow: Asked, wide: Asked) => boolean,
): boolean {
  const [wide, narrow] = [find(rule), find(later)];
  return wide !== null && narrow !== null && within(narrow, wide);
}

function allWithin<Item>(
  within: (narrow: Item, wide: Item) => boolean,
): (narrow: readonly Item[], wide: readonly Item[]) => boolean {
  return (narrow, wide) => narrow.every((item) => wide.some((other) => within(item, other)));
}

/** Masks with holes too: what the wide one asks for, the narrow one asks for as well. */
function networkWithin(narrow: Network, wide: Network): boolean {
  return (
    narrow.family === wide.family &&
    (wide.mask & ~narrow.mask) === 0n &&
    (narrow.value & wide.mask) === (wide.value & wide.mask)
  );
}

function interfaceWithin(narrow: InterfacePattern, wide: InterfacePattern): boolean {
  return wide.prefix ? narrow.name.startsWith(wide.name) : !narrow.prefix && narrow.name === wide.name;
}
