/** Words for a kernel's trace over the rules, beside ours. They hold text of the log and of the rules. */
import { printConditions } from '../../rules/iptables/printer.ts';
import { plural } from '../narrative/words.ts';
import { isCompared, type OwnPlace } from './compare.ts';
import type { LaidStep } from './laid.ts';
import type { TracedAlike } from './tracedAlike.ts';

/** A line as the columns of a table. */
export interface StepWords {
  readonly table: string;
  readonly chain: string;
  /** `rule 3`, `policy`, `return`; `rule` where it is not known which. */
  readonly what: string;
  /** The rule, or the verdict, or why the line is not laid over the rules. */
  readonly text: string;
}

export function stepWords({ event, rule, index, end, verdict, why }: LaidStep): StepWords {
  const { point, table, chain } = event;
  const number = index ?? ('number' in point ? point.number - 1 : null);
  const what = end ?? (number === null ? 'rule' : `rule ${number + 1}`);
  const text =
    rule === null
      ? [verdict ?? '', why === null ? '' : `(${why})`].filter((each) => each !== '').join(' ')
      : printConditions(rule).trim();
  return { table, chain, what, text };
}

/** Whether the kernel went as our own trace says, and sentences about it. */
export interface Conclusion {
  /** Null where our own trace could not be made, or no line could be laid over the rules. */
  readonly agrees: boolean | null;
  readonly sentences: readonly string[];
}

export function conclusionOf({ steps, comparison, problem }: TracedAlike): Conclusion {
  const last = steps.at(-1);
  const seen = last === undefined ? [] : [`Last seen ${lastWords(last)}.`];
  if (comparison === null) {
    return { agrees: null, sentences: [`Our own trace of it could not be made: ${problem ?? ''}`, ...seen] };
  }
  const { differsAt, instead } = comparison;
  const rest = [...seen, ...gaps(comparison)];
  const at = differsAt === null ? undefined : steps[differsAt];
  if (at !== undefined && differsAt !== null) {
    const { table, chain, what } = stepWords(at);
    const parts = `Line ${differsAt + 1} is the first that is not on the way of our own trace: ${what} of ${chain} in table ${table}.`;
    return { agrees: false, sentences: [parts, insteadWords(instead, at), ...rest] };
  }
  if (!steps.some(isCompared)) {
    const why = steps.find((step) => step.why !== null)?.why ?? 'they are returns from chains';
    return { agrees: null, sentences: [`None of its lines can be compared: ${why}.`, ...seen] };
  }
  return {
    agrees: true,
    sentences: ['The kernel went as our own trace of this packet says, as far as the lines tell.', ...rest],
  };
}

function insteadWords(instead: OwnPlace | null, { event: { table, chain } }: LaidStep): string {
  if (instead === null) return 'Our own trace passes no rule.';
  return instead.table === table && instead.chain === chain
    ? `Our own trace goes to ${ownPlaceWords(instead)} in its place.`
    : `Our own trace does not come by there: it ends at ${ownPlaceWords(instead)}.`;
}

/** `rule 2 of FORWARD in table filter` */
export function ownPlaceWords({ table, chain, index }: OwnPlace): string {
  return index === null
    ? `the policy of ${chain} in table ${table}`
    : `rule ${index + 1} of ${chain} in table ${table}`;
}

/** So many rules are named. */
const MOST_GAPS = 5;

function gaps({ notLogged }: NonNullable<TracedAlike['comparison']>): readonly string[] {
  if (notLogged.length === 0) return [];
  const places = notLogged.slice(0, MOST_GAPS).map((at) => `rule ${at.index + 1} of ${at.table} ${at.chain}`);
  const more = notLogged.length > MOST_GAPS ? ' …' : '';
  return [
    `On our way there are ${plural(notLogged.length, 'rule')} of which it has no line: ${places.join(', ')}${more}.`,
  ];
}

function lastWords({ event, end, verdict, index }: LaidStep): string {
  const { table, chain, packet } = event;
  const out = packet.output === null ? '' : `, out by ${packet.output}`;
  const at =
    end === 'policy'
      ? `at the policy${verdict === null ? '' : ` ${verdict}`} of ${table} ${chain}`
      : end === 'return'
        ? `at the end of ${table} ${chain}`
        : `in ${table} ${chain}${index === null ? '' : `, rule ${index + 1}`}`;
  return `${at}${out}`;
}
