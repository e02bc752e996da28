/** Which addresses and ports native tables tell apart; a rule of which that cannot be said leaves no classes. */
import type { Family } from '../../../kernel/flow.ts';
import { chainsOf, type PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import type { Ruleset, SetDefinition } from '../../../rules/nftables/nodes.ts';
import { printElement } from '../../../rules/nftables/printing/expressions.ts';
import { printRule } from '../../../rules/nftables/printing/statements.ts';
import type { MatchStatement, Rule, Statement } from '../../../rules/nftables/statements.ts';
import { expressionsIn } from '../../../rules/nftables/walk.ts';
import type { Range } from './ranges.ts';
import { type RuleValues, textValues } from './ruleValues.ts';

/** What is left out, since it is a Service's own. */
export interface Own {
  readonly isChain: (chain: PlacedChain) => boolean;
  readonly isSet: (table: string, name: string) => boolean;
}

export const NOTHING_OWN: Own = { isChain: () => false, isSet: () => false };

/** Null where a rule asks what is no matter of addresses and ports alone. */
export function nativeValues(ruleset: Ruleset, family: Family, own: Own): RuleValues | null {
  const addresses: Range[] = [];
  const ports: Range[] = [];
  const take = (text: string): boolean => {
    const found = textValues(text, family);
    if (found === 'unclear') return false;
    for (const each of found.addresses) addresses.push(each);
    for (const each of found.ports) ports.push(each);
    return true;
  };
  const other = family === 4 ? 'ip6' : 'ip';
  for (const [table, chains] of chainsOf(ruleset)) {
    if (table.startsWith(`${other} `)) continue;
    for (const chain of chains.values()) {
      if (own.isChain(chain)) continue;
      for (const rule of chain.rules)
        if (!isClear(rule) || !take(printRule({ ...rule, comment: null }, ruleset.text, ''))) return null;
    }
  }
  for (const { family: kind, name, items } of ruleset.tables) {
    if (kind === other) continue;
    for (const item of items) {
      if ((item.kind !== 'set' && item.kind !== 'map') || own.isSet(`${kind} ${name.text}`, item.name.text))
        continue;
      if (!isClearSet(item)) return null;
      for (const element of item.elements)
        if (!take(printElement({ ...element, comment: null }))) return null;
    }
  }
  return { addresses, ports };
}

/** Statements that do the same to all packets, or write what the rule names. */
const STATEMENTS: ReadonlySet<Statement['kind']> = new Set([
  'verdict',
  'vmap',
  'counter',
  'log',
  'last',
  'limit',
  'quota',
  'ct count',
  'reject',
  'notrack',
  'masquerade',
  'dnat',
  'snat',
  'redirect',
  'set',
]);

function isClear({ statements }: Rule): boolean {
  return statements.every((each) => {
    if (each.kind === 'match') return isClearMatch(each);
    if (!STATEMENTS.has(each.kind) || (each.kind === 'verdict' && each.rules !== null)) return false;
    // One of a range is chosen by a hash of the packet.
    const chooses = each.kind === 'dnat' || each.kind === 'snat' || each.kind === 'redirect';
    return expressionsIn(each).every(
      (part) => isClearPart(part) && !(chooses && (part.kind === 'range' || part.kind === 'prefix')),
    );
  });
}

function isClearMatch(match: MatchStatement): boolean {
  const parts = expressionsIn(match);
  const isOfPort = parts.some((part) => part.kind === 'payload' && PORTS.test(part.field));
  return parts.every((part) => isClearPart(part) && !(isOfPort && isNamedPort(part)));
}

const PORTS = /^[sd]port$/u;
const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'icmp', 'ipv6-icmp']);

/** A port by its name, which only a table of names reads. */
function isNamedPort(part: Expression): boolean {
  return (
    part.kind === 'value' &&
    /^[a-z]/iu.test(part.text) &&
    !PROTOCOLS.has(part.text) &&
    !part.text.includes(':')
  );
}

const PARTS: ReadonlySet<Expression['kind']> = new Set([
  'value',
  'payload',
  'meta',
  'ct',
  'fib',
  'rt',
  'numgen',
  'binary',
  'concat',
  'list',
  'range',
  'prefix',
  'set',
  'reference',
  'map',
  'verdict',
  'any',
]);

/** Bits of an address or a port are no range. */
function isClearPart(part: Expression): boolean {
  if (!PARTS.has(part.kind)) return false;
  return part.kind !== 'binary' || expressionsIn(part).every(({ kind }) => kind !== 'payload');
}

function isClearSet({ flags, elements }: SetDefinition): boolean {
  return (
    !flags.includes('dynamic') &&
    elements.every((element) => expressionsIn(element).every((part) => isClearPart(part)))
  );
}
