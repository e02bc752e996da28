/** What a rule reads of a packet, as far as it is known. */
import type { Question } from '../../../kernel/answers.ts';
import type { Run } from '../../../kernel/run.ts';
import type { Spec } from './spec.ts';

/** Numbers of any width, in the order in which people write them; names (of interfaces, helpers) as text. */
export type Known = bigint | string;

/** Not known, or not known yet. */
export interface Open {
  readonly kind: 'open';
  /** Bits that are known are 1 in `known`; the others are 0 in `bits`. */
  readonly bits: bigint;
  readonly known: bigint;
  /** It is one of so many numbers from `from` on. */
  readonly few?: { readonly from: bigint; readonly count: bigint };
  /** Whether it is what `spec` says. */
  ask(spec: Spec, run: Run): Question;
}

/** One of `from` up to `from + count - 1`; how likely each is is known, which one it is shows when it is compared. */
export interface Drawn {
  readonly kind: 'drawn';
  readonly from: bigint;
  readonly count: bigint;
}

/** What one expression gives; null where it ends the rule (NFT_BREAK). */
export type Datum = Known | Open | Drawn | null;

export function isDrawn(datum: Datum): datum is Drawn {
  return typeof datum === 'object' && datum?.kind === 'drawn';
}

export function isKnown(datum: Datum): datum is Known {
  return typeof datum === 'bigint' || typeof datum === 'string';
}

/** How likely it is that what is drawn is what `spec` says. */
export function shareOf({ from, count }: Drawn, spec: Spec): number {
  if (spec.kind === 'name') return 0;
  const first = spec.range.from > from ? spec.range.from : from;
  const last = spec.range.to < from + count - 1n ? spec.range.to : from + count - 1n;
  return last < first ? 0 : Number(last - first + 1n) / Number(count);
}
