/** `counter`, `limit`, `quota`, `ct count`: what keeps a count from packet to packet. */
import { lookup } from '../../../text/lookup.ts';
import { presume } from '../../../kernel/answers.ts';
import { ConnectionCounts } from '../../../kernel/conntrack/counts.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import type {
  CtCountStatement,
  LimitStatement,
  QuotaStatement,
  StatefulStatement,
} from '../../../rules/nftables/stateful.ts';
import { type RuleContext, ruleNamed, ruleWords, type Visit } from '../program/context.ts';
import { Used } from '../state/used.ts';
import { acting, type Operation } from './control.ts';

export function statefulOperation(statement: StatefulStatement, context: RuleContext): Operation {
  const test = statefulTest(statement, context);
  if (test === null) return acting(statement, () => undefined);
  return {
    span: statement,
    acts: false,
    why: () => `the ${statement.kind} says no`,
    run: (visit) => (test(visit, statement) ? 'next' : 'break'),
  };
}

/** Whether it lets the packet through; `of` is what the count belongs to (the rule, or one element). Null for what only counts. */
export type StatefulTest = (visit: Visit, of: object | string) => boolean;

export function statefulTest(statement: StatefulStatement, context: RuleContext): StatefulTest | null {
  switch (statement.kind) {
    case 'limit':
      return limitTest(statement, context);
    case 'quota':
      return quotaTest(statement, context);
    case 'ct count':
      return countTest(statement, context);
    default:
      return null;
  }
}

/** Without a burst the kernel takes five packets. */
const BURST = 5;
/** Within less than these a packet may well have been given back: how fast packets follow each other is not known. */
const slow: ReadonlySet<string> = new Set(['minute', 'hour', 'day', 'week']);

function limitTest(statement: LimitStatement, context: RuleContext): StatefulTest {
  const { over, unit, burst, per } = statement;
  const place = placeText(context.at);
  const claim = `the rate is within the limit of ${ruleNamed(context)}`;
  const message = `The rate limit of ${ruleNamed(context)} is taken not to be used up.`;
  return ({ run }, of) => {
    const before = run.state(Used).add(of, 1);
    const isUsedUp = unit === 'packets' && slow.has(per) && before >= (burst ?? BURST);
    const asked = presume(true, `limit:${place}`, 'limit-assumed', message, claim);
    const isWithin = isUsedUp ? false : run.ask(asked);
    return isWithin !== over;
  };
}

const UNITS: Readonly<Record<string, number>> = lookup({
  bytes: 1,
  kbytes: 1024,
  mbytes: 1024 ** 2,
  gbytes: 1024 ** 3,
});

/** What is used up stands in the listing; it may be more by now. */
function quotaTest(statement: QuotaStatement, context: RuleContext): StatefulTest {
  const { over, amount, unit, used, usedUnit } = statement;
  const all = amount * (UNITS[unit] ?? 1);
  const listed = (used ?? 0) * (UNITS[usedUnit ?? 'bytes'] ?? 1);
  const place = placeText(context.at);
  return ({ packet, run }, of) => {
    run.assume(
      `quota:${place}`,
      'quota-assumed',
      `Of the quota of ${ruleNamed(context)} as much is taken to be used up as was listed.`,
    );
    const before = listed + run.state(Used).add(of, packet.length);
    return before + packet.length <= all !== over;
  };
}

function countTest({ over, count }: CtCountStatement, context: RuleContext): StatefulTest {
  return (visit, of) => {
    const { packet, run } = visit;
    const key = typeof of === 'string' ? run.state(Used).keyOf(of) : of;
    const own = run.state(ConnectionCounts).count(key, 0n, 'empty', packet, run);
    if (own > count) return over;
    const claim = `no more connections are counted by ${ruleNamed(context)} than those of this trace`;
    const asked = presume(
      true,
      `connlimit:${placeText(context.at)}`,
      'connlimit-assumed',
      `${ruleWords(context)} counts connections: there are taken to be none but those of this trace.`,
      claim,
    );
    return run.ask(asked) !== over;
  };
}
