/** How a person may decide what an answer takes for granted or leaves open: most of it by yes or no. */
import type { Assumption, Decision } from '../../kernel/trace.ts';

/** One way to decide an assumption. */
export interface AssumptionOption {
  /** Of an assumption's options only one has it: `yes`, `no`, `nobody`, `web-0`. */
  readonly word: string;
  /** What the engine is told; nothing where that is what is taken anyway. */
  readonly decisions: readonly Decision[];
}

/** An assumption with the ways to decide it; none where there is nothing to decide. */
export interface DecidableAssumption extends Assumption {
  readonly options: readonly AssumptionOption[];
}

export function withOptions(assumption: Assumption): DecidableAssumption {
  const { key, claim } = assumption;
  const options =
    claim === null
      ? []
      : [true, false].map((value) => ({ word: value ? 'yes' : 'no', decisions: [{ key, value }] }));
  return { ...assumption, options };
}
