import type { OffsetMap } from '../../../text/offsetMap.ts';

/** What a listing does not show of a rule: its interfaces, without `-v`; the last digits of a probability. */
export type Hidden = 'interfaces' | 'digits';

/** What tells which table a part of a listing is: a command or a heading, the targets, the names of chains, nothing. */
export type TableSign = 'said' | 'targets' | 'chains' | 'none';

/** The listing that rules were read from: their text is not what was read. */
export interface Listing {
  /** As it was given. */
  readonly written: string;
  /** From offsets of the ruleset's text, which its spans are, to those of the listing. */
  readonly map: OffsetMap;
  /** What is not shown of the rule that begins at an offset of the ruleset's text. */
  hidden(rule: number): readonly Hidden[];
  /** What any rule hides. */
  readonly hides: ReadonlySet<Hidden>;
  /** By table. */
  readonly signs: ReadonlyMap<string, TableSign>;
}
