/** Parts of a sentence about a rule, and what their words may draw on. */

import { readMark, type MaskedNumber } from '../../values/marks.ts';

/** A condition: `from 10.244.0.0/16`. Negated, it reads `not from …` or, where it stands alone, `unless from …`. */
export interface Clause {
  readonly text: string;
  readonly negated: boolean;
}

/** `to port 80/TCP`, `not from 10.244.0.0/16`. */
export function clauseWords(clause: Clause): string {
  return clause.negated ? `not ${clause.text}` : clause.text;
}

export interface WordsContext {
  /** KUBE-MARK-MASQ's mark, to be called by its name. */
  readonly masqueradeMark: number;
  /** What a chain is called instead of its name: `default/web:http`; null to keep the name. */
  readonly chainLabel?: (chain: string) => string | null;
  /** The table and chain that the rule is in, where they change what its words mean. */
  readonly table?: string;
}

/** The words without knowing anything of the rules around: the masquerade mark is then the usual one. */
export const plainContext: WordsContext = { masqueradeMark: 0x4000 };

export function yes(text: string): Clause {
  return { text, negated: false };
}

/** `10.0.0.1/32` → `10.0.0.1`; networks stay as written. */
export function hostWords(text: string): string {
  return text
    .split(',')
    .map((each) => each.replace(/(?<=^[\d.]+)\/32$|(?<=:.*)\/128$/u, ''))
    .join(', ');
}

/** `10800` → `3 h`; seconds otherwise as they are. */
export function durationWords(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** `0x4000/0x4000`, `0x4000`; null for what is no mark. */
export function markOf(text: string | null): MaskedNumber | null {
  const reading = readMark(text ?? '');
  return reading.kind === 'fault' ? null : reading.value;
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
