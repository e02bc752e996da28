import type { Range } from 'vscode-languageserver-types';
import { mapped, type Steps } from '../values/steps.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** How often a rule matched, beside the other rules of its text: `hot` a tenth of the most or more, `never` not once. */
type Heat = 'hot' | 'cold' | 'never';

/** A rule's line and its counters. */
export interface CountedLine {
  /** From 0. */
  readonly line: number;
  readonly heat: Heat;
  readonly packets: number;
  readonly bytes: number;
}

/** A rule with a tenth of the packets of the one with most. */
const HOT = 0.1;

/**
 * The counters of the rules in `range`. None at all where no rule of the text has counted anything: they were saved without
 * `-c`, or set to zero.
 */
export function* counterHeat(document: RulesDocument, range: Range): Steps<readonly CountedLine[]> {
  const most = document.kept.known(mostPackets) ?? document.kept.put(mostPackets, yield* findMost(document));
  if (most === 0) return [];
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  return document.statementsIn(span).flatMap((statement): CountedLine[] => {
    const counters = statement.kind === 'rule' ? statement.counters : null;
    if (counters === null) return [];
    const { packets, bytes } = counters;
    const heat = packets === 0 ? 'never' : packets >= most * HOT ? 'hot' : 'cold';
    return [{ line: document.lines.positionAt(statement.start).line, heat, packets, bytes }];
  });
}

/** The key of what is kept; `counterHeat` works it out in turns. */
function mostPackets(): number {
  return 0;
}

function* findMost({ ruleset }: RulesDocument): Steps<number> {
  const { text, statements } = ruleset;
  const counted = yield* mapped(statements, ({ kind, start }) => {
    // `[1204:72240] -A …`; no rule is read for it.
    const isCounted = kind === 'rule' && text.charAt(start) === '[';
    return isCounted ? Number(/^\[(\d+)/.exec(text.slice(start, start + LONGEST))?.[1] ?? 0) : 0;
  });
  return counted.reduce((most, each) => (each > most ? each : most), 0);
}

/** The digits of a 64-bit number and the bracket. */
const LONGEST = 21;
