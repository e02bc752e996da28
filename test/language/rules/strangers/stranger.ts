/**
 * Rules as people write them from memory, each wrong; written down before any check was made for them. `meant` is what its
 * writer wanted: which rule that is in the kernel, iptables-save says.
 */
export interface Stranger {
  readonly written: string;
  readonly meant: string;
  /** What the message must say: what is wrong, why, and what to write. */
  readonly says: readonly RegExp[];
  /** `filter` where nothing is said; null where the lines hold their own tables. */
  readonly table?: string | null;
  readonly family?: 4 | 6;
  /** The fix to take, where it is not the first one. */
  readonly fix?: RegExp;
  /** Whether it is refused, and loads as meant once all fixes that are certain were applied unasked. */
  readonly unasked?: true;
}

/** Why a problem matters. */
export const stops = /ip6?tables|the kernel refuses|never match|takes/;
