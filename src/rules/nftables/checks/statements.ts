/** What statements are given: what they compare and write, where they translate to, how much they let pass, the options of `log`. */
import { lookup } from '../../../text/lookup.ts';
import { logLevels } from '../catalogue/constants.ts';
import { reservedWords } from '../catalogue/reserved.ts';
import type { Expression } from '../expressions.ts';
import type { LimitStatement } from '../stateful.ts';
import type {
  DynamicStatement,
  LogStatement,
  MatchStatement,
  NatStatement,
  QueueStatement,
} from '../statements.ts';
import type { Meant } from './meant.ts';
import type { Problems } from './problem.ts';
import { keyTypeOf, typedOf } from './types.ts';
import { checkValue, type ValueCheck, wordsOf } from './values.ts';

const PORT = [{ type: 'inet_service', bits: 16 }];

/** `dnat to 10.0.0.1:80`: an address of the family, and a port. What a map gives is looked at there. */
export function checkTarget(
  { kind, family: own, address, port }: NatStatement,
  family: string,
  check: ValueCheck,
): void {
  const of = own ?? family;
  const isKnown = of === 'ip' || of === 'ip6';
  if (isKnown && address !== null && isWritten(address))
    checkValue(
      address,
      [of === 'ip' ? { type: 'ipv4_addr', bits: 32 } : { type: 'ipv6_addr', bits: 128 }],
      check,
    );
  if (port !== null && isWritten(port)) checkValue(port, PORT, check);
  if (kind !== 'tproxy') return;
  for (const each of [address, port])
    if (each?.kind === 'range' || each?.kind === 'prefix')
      check.problems.add('nft-value', each, 'tproxy hands packets to one address and one port.');
}

const MOST_QUEUES = 0xffff;

export function checkQueue({ to }: QueueStatement, problems: Problems): void {
  if (to === null) return;
  const [first = 0, last = first] = numbersOf(to);
  if (Math.max(first, last) > MOST_QUEUES)
    problems.add('nft-value', to, `The numbers of queues end with ${MOST_QUEUES}.`);
  else if (last < first) problems.add('nft-value', to, 'The range ends before it begins.');
}

function numbersOf(expression: Expression): readonly number[] {
  if (expression.kind === 'range') return [...numbersOf(expression.from), ...numbersOf(expression.to)];
  return expression.kind === 'value' && typeof expression.value === 'number' ? [expression.value] : [];
}

export function checkLimit(limit: LimitStatement, problems: Problems): void {
  const { rate, unit, burst, burstUnit } = limit;
  const isOfPackets = unit === 'packets';
  if (rate === 0) problems.add('nft-value', limit, 'The rate is 0, which no limit can have.');
  if (burst === null) return;
  if (isOfPackets && burst === 0) problems.add('nft-value', limit, 'A burst has one packet at least.');
  if (isOfPackets !== (burstUnit === 'packets'))
    problems.add(
      'nft-syntax',
      limit,
      'A rate of packets has a burst of packets, one of bytes a burst of bytes.',
    );
}

/** What a rule adds to a set is of the set's type, and the set one that rules can change. */
export function checkDynamic({ set: name, operation, element }: DynamicStatement, check: ValueCheck): void {
  const set = operation === 'meter' ? undefined : check.scope.sets.get(name.text);
  if (set === undefined) return;
  if (set.flags.includes('interval'))
    check.problems.add('nft-value', name, `${name.text} holds ranges: rules can change no such set.`);
  const [of, added] = [keyTypeOf(set, check.scope), typedOf(element.key, check.scope)];
  if (of !== null && added !== null && wordsOf(of) !== wordsOf(added))
    check.problems.add(
      'nft-value',
      element.key,
      `${name.text} is of ${wordsOf(of)}, and this is ${wordsOf(added)}.`,
    );
}

const orders: ReadonlySet<string> = new Set(['<', '>', '<=', '>=']);

export function checkCompared({ left, operator, right }: MatchStatement, problems: Problems): void {
  if (orders.has(operator) && isSeveral(right))
    problems.add(
      'nft-value',
      right,
      `Nothing is ${operator} of several values: name the first or the last one.`,
    );
  if (left.kind === 'concat' && right.kind === 'concat')
    problems.add(
      'nft-value',
      right,
      'Several fields are looked up in a set: put the values in braces.',
      inBraces(problems.written(right)),
    );
}

/** A set of one value nft takes for the value. */
function isSeveral(value: Expression): boolean {
  return value.kind === 'set'
    ? value.elements.length > 1
    : value.kind === 'range' || value.kind === 'prefix' || value.kind === 'reference';
}

function inBraces(written: string): Meant {
  return { hint: `Write { ${written} }.`, newText: `{ ${written} }` };
}

function isWritten({ kind }: Expression): boolean {
  return kind === 'value' || kind === 'range' || kind === 'prefix';
}

const numbers: ReadonlySet<string> = new Set(['group', 'snaplen', 'queue-threshold']);

/** The kernel's own log, and a program that listens to a group: each has options of its own (stmt_evaluate_log). */
const excluded: Readonly<Record<string, readonly string[]>> = lookup({
  level: ['group', 'snaplen', 'queue-threshold'],
  flags: ['group', 'snaplen', 'queue-threshold'],
});

export function checkLog({ options }: LogStatement, problems: Problems): void {
  for (const { name, value } of options) {
    if (numbers.has(name) && !/^(?:\d+|0x[\da-f]+)$/iu.test(value.text))
      problems.add('nft-syntax', value, `${name} of log is a number.`);
    if (name === 'level' && !logLevels.includes(value.text))
      problems.add('nft-value', value, `${value.text} is no level of log.`);
    const other = excluded[name]?.find((each) => options.some((option) => option.name === each));
    if (other !== undefined)
      problems.add(
        'nft-syntax',
        value,
        `A log with ${other} goes to a program, which has no ${name} from here.`,
      );
    if (name === 'prefix' && !value.quoted && reservedWords.has(value.text))
      problems.add('nft-syntax', value, `nft reads ${value.text} as a word of its own: write it in quotes.`);
  }
}
