/**
 * A diagnosis as people read it, in the terminal, in a ticket and in the panel alike: titles, a table of ways, what stops
 * packets. Plain data and plain text; who shows it escapes it.
 */
import { groupBy } from '../../text/groupBy.ts';
import type { FindingPlace } from '../findings/finding.ts';
import type { FlowForm } from '../form/flowForm.ts';
import type { NarrativeVerdict } from '../narrative/narrative.ts';
import type { ObjectReference } from '../objectReference.ts';
import { fromWords, vantageWords } from '../ways/vantages.ts';
import type { Vantage, Way } from '../ways/way.ts';
import {
  type Diagnosis,
  type DiagnosisStep,
  type StepEvidence,
  type StepId,
  type StepState,
  stepTitles,
} from './diagnosis.ts';

/** How each state is written where there are no colours. */
export const stateSigns: Readonly<Record<StepState, string>> = {
  ok: '✓',
  warn: '!',
  fail: '✗',
  unknown: '?',
  skipped: '–',
};

/** `Place`: what leads to a rule, for who shows it. */
export interface ToldEvidence<Place> {
  readonly says: string;
  readonly at: Place | null;
  readonly about: ObjectReference | null;
  /** The packet that shows it. */
  readonly packet: FlowForm | null;
  /** Would tell what is not known; empty for none. */
  readonly command: string;
  /** The step's message says it already: only what it leads to is new. */
  readonly isSaid: boolean;
}

export interface ToldStep<Place> {
  readonly id: StepId;
  readonly state: StepState;
  readonly title: string;
  readonly message: string;
  /** The answer above the steps has said it. */
  readonly isSaid: boolean;
  readonly evidence: readonly ToldEvidence<Place>[];
}

/** One way, as a cell of the table. */
export interface ToldCell<Place> {
  readonly state: StepState;
  /** What becomes of the packet: `drops`; empty for one that arrives, `assumed` where that takes something for granted. */
  readonly words: string;
  /** `from outside to node port 30080/TCP` */
  readonly way: string;
  /** As a trace of the packet begins. */
  readonly headline: string;
  readonly packet: FlowForm;
  /** The rule that ends it; null where none does. */
  readonly at: Place | null;
}

export interface ToldRow<Place> {
  readonly name: string;
  /** In the order of the columns; null where nobody stands there, or nobody is meant to ask from there. */
  readonly cells: readonly (ToldCell<Place> | null)[];
}

export interface ToldDiagnosis<Place> {
  readonly service: string;
  /** `warn`: it is reached, and there is something that keeps some clients from an answer, or may. */
  readonly state: Exclude<StepState, 'skipped'>;
  /** The answer: cause and cure. */
  readonly headline: string;
  readonly more: readonly string[];
  readonly steps: readonly ToldStep<Place>[];
  /** Frontends by vantages. */
  readonly ways: {
    readonly columns: readonly string[];
    readonly rows: readonly ToldRow<Place>[];
    /** What stops packets, each cause once; not more of them than are read. */
    readonly causes: readonly ToldEvidence<Place>[];
  };
}

/** `placeOf`: null for a place that cannot be shown. */
export function tellDiagnosis<Place>(
  { service, verdict, headline, more, said, steps, ways }: Diagnosis,
  placeOf: (at: FindingPlace) => Place | null,
): ToldDiagnosis<Place> {
  return {
    service,
    state: stateOf(verdict, steps),
    headline,
    more,
    steps: steps.map((step) => toldStep(step, said.includes(step.id), placeOf)),
    ways: { ...toldWays(ways, placeOf), causes: causesOf(ways, steps, placeOf) },
  };
}

function stateOf(
  verdict: Diagnosis['verdict'],
  steps: readonly DiagnosisStep[],
): ToldDiagnosis<unknown>['state'] {
  if (verdict !== 'works') return verdict === 'fails' ? 'fail' : 'unknown';
  return steps.some(({ state }) => state === 'warn') ? 'warn' : 'ok';
}

/** What stands in place of the message of a step that is said. */
export function messageBelow({ message, isSaid }: Pick<ToldStep<unknown>, 'message' | 'isSaid'>): string {
  return isSaid ? 'As said above.' : message;
}

function toldStep<Place>(
  { id, state, message, evidence }: DiagnosisStep,
  isSaid: boolean,
  placeOf: (at: FindingPlace) => Place | null,
): ToldStep<Place> {
  const told = evidence.map(({ says, at, about, packet, command }: StepEvidence) => ({
    says,
    at: at === undefined ? null : placeOf(at),
    about: about ?? null,
    packet: packet ?? null,
    command: command ?? '',
    isSaid: message.includes(says),
  }));
  return { id, state, title: stepTitles[id], message, isSaid, evidence: told };
}

function toldWays<Place>(
  ways: readonly Way[],
  placeOf: (at: FindingPlace) => Place | null,
): Pick<ToldDiagnosis<Place>['ways'], 'columns' | 'rows'> {
  const columns = [...new Set(ways.map(({ vantage }) => vantage))];
  const isOnePort = new Set(ways.map(({ port }) => port)).size === 1;
  const rows = groupBy(ways, ({ port, frontend }) => `${port}\n${frontend}`).values();
  return {
    columns: columns.map((vantage) => vantageWords[vantage]),
    rows: [...rows].map((row) => ({
      name: `${isOnePort ? '' : `${row[0]?.port ?? ''} `}${row[0]?.frontend ?? ''}`,
      cells: columns.map((vantage) => cellOf(row, vantage, placeOf)),
    })),
  };
}

function cellOf<Place>(
  row: readonly Way[],
  from: Vantage,
  placeOf: (at: FindingPlace) => Place | null,
): ToldCell<Place> | null {
  const found = row.find(({ vantage }) => vantage === from);
  if (found === undefined) return null;
  const { isMeant, frontend, headline, packet, at } = found;
  const [state, words] = isMeant ? (['skipped', 'refuses'] as const) : wordsOf(found);
  const way = `${fromWords[from]} to ${frontend}`;
  return { state, words, way, headline, packet, at: at === null ? null : placeOf(at) };
}

/** One that arrives only if something is so that nobody told is no plain one. */
function wordsOf({ verdict, assumes, cause }: Way): readonly [StepState, string] {
  if (cause?.kind === 'taken') return ['fail', 'elsewhere'];
  const [state, words] = cellWords[verdict];
  return [state, state === 'ok' && assumes.length > 0 ? 'assumed' : words];
}

const cellWords: Readonly<Record<NarrativeVerdict, readonly [StepState, string]>> = {
  forward: ['ok', ''],
  local: ['ok', ''],
  drop: ['fail', 'drops'],
  reject: ['fail', 'rejects'],
  unanswered: ['fail', 'no answer'],
  mixed: ['warn', 'partly'],
  unknown: ['unknown', 'unknown'],
};

/** More causes are in the JSON. */
const MOST_CAUSES = 6;

function causesOf<Place>(
  ways: readonly Way[],
  steps: readonly DiagnosisStep[],
  placeOf: (at: FindingPlace) => Place | null,
): readonly ToldEvidence<Place>[] {
  const said = steps.find(({ id }) => id === 'paths')?.message ?? '';
  const stopped = ways.filter(
    ({ verdict, cause }) => cause?.kind === 'taken' || (verdict !== 'forward' && verdict !== 'local'),
  );
  const causes = [...groupBy(stopped, ({ headline }) => headline).values()].slice(0, MOST_CAUSES);
  return causes.flatMap(([first]) => {
    if (first === undefined) return [];
    const { vantage, frontend, headline, packet, at } = first;
    return {
      says: `${fromWords[vantage]} to ${frontend}: ${headline}`,
      at: at === null ? null : placeOf(at),
      about: null,
      packet,
      command: '',
      isSaid: said.includes(headline),
    };
  });
}
