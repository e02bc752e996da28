/** Why a packet's way is over. */
export interface End {
  readonly kind: 'end';
  readonly verdict: 'drop' | 'reject' | 'unknown';
  /** `table/CHAIN/index`, `table/CHAIN/policy` or `kernel`. */
  readonly by: string;
  /** In plain text; null where `by` says it all. */
  readonly reason: string | null;
  readonly rejectWith: string | null;
}

/** An end by the kernel's own decision (routing, ttl …). */
export function kernelDrop(reason: string): End {
  return { kind: 'end', verdict: 'drop', by: 'kernel', reason, rejectWith: null };
}
