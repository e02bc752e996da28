/** What rules of nftables ask and how they end, so that two of them can be held against each other. */
import type { Expression } from '../../../rules/nftables/expressions.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import type { MatchStatement, Rule, Statement } from '../../../rules/nftables/statements.ts';
import { joinedPair } from '../../../rules/nftables/catalogue/joinedMatches.ts';
import { expressionsIn } from '../../../rules/nftables/walk.ts';

/** What lets every packet go on to what stands behind it in the rule. */
const PASSING: ReadonlySet<Statement['kind']> = new Set(['counter', 'log', 'last', 'notrack']);

type End = 'accept' | 'drop' | 'reject' | 'return' | 'goto' | 'translate';

/** How a rule ends whoever gets to its last statement; null for one behind which packets may meet the next rule. */
export function endOf({ statements }: Rule): End | null {
  const last = statements.at(-1);
  switch (last?.kind) {
    case 'reject':
      return 'reject';
    case 'masquerade':
      return 'translate';
    case 'dnat':
    case 'snat':
    case 'redirect':
      // Of a map without the key nothing follows.
      return [last.address, last.port].some((each) => each !== null && hasMap(each)) ? null : 'translate';
    case 'verdict':
      return ends.find((each) => each === last.verdict) ?? null;
    default:
      return null;
  }
}

const ends = ['accept', 'drop', 'return', 'goto'] as const;

function hasMap(expression: Expression): boolean {
  return expressionsIn(expression).some(({ kind }) => kind === 'map');
}

/**
 * What a rule asks that decides by nothing else, with what nft asks besides for its last statement; null where chance, a count or
 * what is not known decides too. `family`: of its table.
 */
export function conditionsOf({ statements }: Rule, family: string): readonly Condition[] | null {
  const found: Condition[] = [];
  for (const each of statements.slice(0, -1)) {
    if (each.kind === 'match') {
      if (!isFixed(each)) return null;
      found.push(conditionOf(each.left, each.operator, each.right));
    } else if (!PASSING.has(each.kind) && !isMarking(each)) return null;
  }
  const last = statements.at(-1);
  const needed = last === undefined ? [] : neededBy(last);
  return needed === null ? null : [...found, ...needed].filter((each) => !isAlways(each, family));
}

/** Whether a rule has no condition, and no packet comes to the rule behind it. `family`: of its table. */
export function endsAll(rule: Rule, family: string): boolean {
  return endOf(rule) !== null && conditionsOf(rule, family)?.length === 0;
}

/** In a table of one family of addresses all packets are of it. */
function isAlways({ left, words }: Condition, family: string): boolean {
  const own = family === 'ip' ? 'ipv4' : family === 'ip6' ? 'ipv6' : null;
  return own !== null && left === 'meta nfproto' && words === own;
}

/** Writing a constant, or bits of the packet's mark, ends no rule. */
function isMarking(statement: Statement): boolean {
  if (statement.kind !== 'set') return false;
  const { target, value } = statement;
  if (target.kind !== 'meta' && target.kind !== 'ct') return false;
  return expressionsIn(value).every(({ kind }) => kind === 'value' || kind === 'binary' || kind === 'meta');
}

/** What nft puts before a statement: `dnat ip to` is for IPv4, `reject with tcp reset` for TCP. Null where that is not known. */
function neededBy(last: Statement): readonly Condition[] | null {
  switch (last.kind) {
    case 'reject':
      if (last.with === 'icmp') return [equal('meta nfproto', 'ipv4')];
      if (last.with === 'icmpv6') return [equal('meta nfproto', 'ipv6')];
      if (last.with === 'tcp reset') return [equal('meta l4proto', 'tcp')];
      return last.with === null || last.with === 'icmpx' ? [] : null;
    case 'dnat':
    case 'snat': {
      if (last.address === null) return last.family === null ? [] : [ofFamily(last.family)];
      const addresses = expressionsIn(last.address).filter((each) => each.kind === 'value');
      const isIp6 = addresses.some(({ text }) => text.includes(':'));
      return [ofFamily(isIp6 || last.family === 'ip6' ? 'ip6' : 'ip')];
    }
    default:
      return [];
  }
}

function ofFamily(family: 'ip' | 'ip6'): Condition {
  return equal('meta nfproto', family === 'ip' ? 'ipv4' : 'ipv6');
}

/** Of time, which goes on between two rules. */
const CLOCK: ReadonlySet<string> = new Set(['time', 'hour', 'day']);

function isFixed(match: MatchStatement): boolean {
  return expressionsIn(match).every(
    (each) => !isDrawn(each) && !(each.kind === 'meta' && CLOCK.has(each.key)),
  );
}

/**
 * Whether two rules that ask for it in the same words are answered each for itself: by chance, or by a hash without a seed, for
 * which the kernel makes up one for each expression (net/netfilter/nft_hash.c: `autogen_seed`).
 */
export function isDrawn(expression: Expression): boolean {
  const { kind } = expression;
  if (kind === 'jhash') return expression.seed === null;
  return kind === 'numgen' || (kind === 'meta' && expression.key === 'random');
}

/** A match, read once. */
export interface Condition {
  readonly left: string;
  readonly operator: MatchStatement['operator'];
  readonly right: Expression;
  readonly words: string;
}

/**
 * Of a rule, and what nft asks without writing it: `tcp dport 22` is of TCP alone. Two matches that nft may have joined count for
 * nothing: each of them alone may fail. `family`: of its table.
 */
export function askedBy({ statements }: Rule, family: string): readonly Condition[] {
  const joined = statements.flatMap((each, index) => joinedPair(each, statements[index + 1]) ?? []);
  const matches = statements.filter((each) => each.kind === 'match');
  const found = matches
    .filter((each) => !joined.includes(each))
    .map(({ left, operator, right }) => conditionOf(left, operator, right));
  const last = statements.at(-1);
  const needed = last === undefined ? [] : (neededBy(last) ?? []);
  return [...found, ...needed, ...matches.flatMap(({ left }) => impliedBy(left, family))];
}

function conditionOf(left: Expression, operator: Condition['operator'], right: Expression): Condition {
  return { left: printExpression(left), operator, right, words: printExpression(right) };
}

const TRANSPORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'icmp']);

function impliedBy(left: Expression, family: string): readonly Condition[] {
  // In a table of netdev or bridge `meta nfproto` is no family of addresses.
  if (family !== 'ip' && family !== 'ip6' && family !== 'inet') return [];
  return expressionsIn(left).flatMap((each): readonly Condition[] => {
    if (each.kind !== 'payload' || each.tunnel !== null) return [];
    const { protocol } = each;
    if (protocol === 'ip' || protocol === 'ip6') return [ofFamily(protocol)];
    if (!TRANSPORTS.has(protocol)) return [];
    const transport = equal('meta l4proto', protocol);
    return family === 'ip' ? [transport, equal('ip protocol', protocol)] : [transport];
  });
}

function equal(left: string, text: string): Condition {
  return {
    left,
    operator: '==',
    right: { kind: 'value', text, value: text, quoted: false, start: 0, end: 0 },
    words: text,
  };
}
