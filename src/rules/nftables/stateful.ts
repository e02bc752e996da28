/** Statements that keep a count: of a rule, of each element of a set, or named in a table. */
import type { Span } from '../../text/span.ts';

/** `counter packets 0 bytes 0`; null where nft lists no state (`-s`). */
export interface CounterStatement extends Span {
  readonly kind: 'counter';
  readonly packets: number | null;
  readonly bytes: number | null;
}

/** `limit rate over 10 mbytes/second burst 5 packets` */
export interface LimitStatement extends Span {
  readonly kind: 'limit';
  readonly over: boolean;
  readonly rate: number;
  /** `packets`, or `bytes`, `kbytes`, `mbytes`. */
  readonly unit: string;
  readonly per: string;
  readonly burst: number | null;
  readonly burstUnit: string | null;
}

/** `quota over 10 mbytes used 5 bytes` */
export interface QuotaStatement extends Span {
  readonly kind: 'quota';
  readonly over: boolean;
  readonly amount: number;
  readonly unit: string;
  readonly used: number | null;
  readonly usedUnit: string | null;
}

/** `last used 3s`: seconds; null for never, and where nft lists no state. */
export interface LastStatement extends Span {
  readonly kind: 'last';
  readonly used: number | null;
}

/** `ct count over 20` */
export interface CtCountStatement extends Span {
  readonly kind: 'ct count';
  readonly over: boolean;
  readonly count: number;
}

export type StatefulStatement =
  CounterStatement | LimitStatement | QuotaStatement | LastStatement | CtCountStatement;
