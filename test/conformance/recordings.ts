/** The answers of recorded flows, and where a program's answer differs from them. */
import type { FlowResult, OutcomeResult } from '../../src/kernel/flows.ts';
import { formatEndpoint } from '../../src/kernel/endpoint.ts';
import type { ConntrackTuples, JointTrace, Trace } from '../../src/kernel/trace.ts';
import { clash, sharesOf } from './frequencies.ts';

export interface RecordedOutcome {
  readonly verdict: string;
  readonly source: string | null;
  readonly destination: string | null;
  readonly interface: string | null;
  readonly by?: string;
  readonly rejectWith?: string;
  /** `0x4000`, when not 0. */
  readonly mark?: string;
  readonly ttl?: number;
  /** The entry that was left in conntrack: `10.0.0.1:1>10.0.0.2:2`. */
  readonly conntrack?: { readonly original: string; readonly reply: string; readonly mark: number | string };
  readonly count: number;
}

export interface Recording {
  readonly id: string;
  readonly tries: number;
  readonly outcomes?: readonly RecordedOutcome[];
  readonly paths?: readonly { readonly rules: readonly string[]; readonly count: number }[];
  readonly joint?: readonly { readonly results: readonly string[]; readonly count: number }[];
}

/** What differs; null when nothing does. */
export function differenceFrom(recording: Recording, result: FlowResult): string | null {
  if ('joint' in result) {
    const seen = sharesOf((recording.joint ?? []).map(({ results, count }) => [results.join(' | '), count]));
    const told = sharesOf(result.joint.map((row) => [row.results.join(' | '), row.probability]));
    return clash(seen, told, recording.tries);
  }
  if (result.outcomes.some((outcome) => outcome.verdict === 'unknown')) return 'an unknown outcome';
  return differenceOfOutcomes(recording, result.outcomes) ?? differenceOfPaths(recording, result.outcomes);
}

/** As `differenceFrom`, where questions may be left open: what the kernel did must then be among the answers. */
export function differenceOrOpen(recording: Recording, result: FlowResult): string | null {
  if ('joint' in result) return differenceFrom(recording, result);
  const { outcomes } = result;
  if (outcomes.some((outcome) => outcome.verdict === 'unknown')) return null;
  const open = outcomes.some(({ assuming = [] }) => assuming.length > 0);
  return differenceOfOutcomes(recording, outcomes, open) ?? differenceOfPaths(recording, outcomes, open);
}

function differenceOfOutcomes(
  recording: Recording,
  outcomes: readonly OutcomeResult[],
  open = false,
): string | null {
  const recorded = recording.outcomes ?? [];
  const isRandom = [...recorded, ...outcomes].some(({ source }) => source?.endsWith(':*') === true);
  const end = (outcome: RecordedOutcome | OutcomeResult): string => endOf(outcome, isRandom);
  const seen = sharesOf(recorded.map((outcome) => [end(outcome), outcome.count]));
  const told = sharesOf(outcomes.map((outcome) => [end(outcome), outcome.probability]));
  const difference = clash(seen, told, recording.tries, open);
  return difference === null ? null : `outcome: ${difference}`;
}

function endOf(outcome: RecordedOutcome | OutcomeResult, isRandom: boolean): string {
  const { verdict, source, destination } = outcome;
  if (verdict === 'drop' || verdict === 'reject') {
    return `${verdict} ${outcome.rejectWith ?? ''} by ${outcome.by ?? 'kernel'}`;
  }
  const shown = isRandom ? source?.replace(/:(\d+|\*)$/, '') : source;
  return `${verdict} ${shown} > ${destination} ${outcome.interface} mark ${Number(outcome.mark ?? 0)}`;
}

function differenceOfPaths(
  recording: Recording,
  outcomes: readonly OutcomeResult[],
  open = false,
): string | null {
  const seen = sharesOf((recording.paths ?? []).map(({ rules, count }) => [rules.join(' '), count]));
  const told = sharesOf(outcomes.map(({ path, probability }) => [path.join(' '), probability]));
  const difference = clash(seen, told, recording.tries, open);
  return difference === null ? null : `path: ${difference}`;
}

/** What the main comparison leaves out: the TTL on the wire, and the tuples of the connection. */
export function differenceOfDetails(recording: Recording, answer: Trace | JointTrace): string | null {
  if ('joint' in answer || recording.tries >= 30) return null;
  const [recorded] = recording.outcomes ?? [];
  const [told] = answer.outcomes;
  if (recorded === undefined || told === undefined) return null;
  if (recorded.ttl !== undefined && recorded.ttl !== told.ttl) return `ttl ${recorded.ttl}, not ${told.ttl}`;
  return recorded.conntrack === undefined ? null : differenceOfTuples(recorded.conntrack, told.conntrack);
}

function differenceOfTuples(
  recorded: NonNullable<RecordedOutcome['conntrack']>,
  told: ConntrackTuples | null,
): string | null {
  if (told === null) return 'a connection was left in conntrack';
  const original = `${formatEndpoint(told.originalSource)}>${formatEndpoint(told.originalDestination)}`;
  const reply = `${formatEndpoint(told.replySource)}>${formatEndpoint(told.replyDestination)}`;
  const wanted = [recorded.original, recorded.reply].map((text) => text.replace(/ type .*/, ''));
  if (reply.endsWith(':*')) return null;
  return wanted.join(' ') === `${original} ${reply}`
    ? null
    : `conntrack ${wanted.join(' ')}, not ${original} ${reply}`;
}
