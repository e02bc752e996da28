/** Why a packet's way is over. */
import type { Refusal } from './node/decisions.ts';

export interface End {
  readonly kind: 'end';
  readonly verdict: 'drop' | 'reject' | 'unknown';
  /** `table/CHAIN/index`, `table/CHAIN/policy` or `kernel`. */
  readonly by: string;
  /** In plain text; null where `by` says it all. */
  readonly reason: string | null;
  readonly rejectWith: string | null;
  /** What the kernel tells the sender of, where the end is its own; left out, nothing. */
  readonly refusal?: Refusal | null;
}

/** Where a packet ended up alive. */
interface Arrival {
  readonly kind: 'local' | 'forward';
  /** Undefined where it is not known. */
  readonly interface: string | undefined;
}

export type Ending = Arrival | End;

/** An end by the kernel's own decision (routing, ttl …). */
export function kernelDrop(reason: string, refusal: Refusal | null = null): End {
  return { kind: 'end', verdict: 'drop', by: 'kernel', reason, rejectWith: null, refusal };
}

/** An end that cannot be told. `by`: the chain or the rule where the packet was. */
export function endNotKnown(by: string, reason: string): End {
  return { kind: 'end', verdict: 'unknown', by, reason, rejectWith: null };
}
