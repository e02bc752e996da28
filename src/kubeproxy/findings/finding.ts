/** What is wrong, where, and why we say so: one shape for whatever finds it and whoever shows it. Plain data and plain text. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Span } from '../../text/span.ts';
import type { SourceSpan } from '../sources.ts';
import type { ObjectReference } from '../objectReference.ts';
import type { Severity } from './kind.ts';
import type { FindingCode } from './table.ts';

/** A rule, or words in the text of a source that are none: a line that cannot be read, a chain's declaration. */
export type FindingPlace = RuleAt | SourceSpan;

/** Another place that belongs to a finding: the rest of a loop, the first of two declarations, more of the same cause. */
export interface RelatedPlace {
  readonly at: FindingPlace;
  readonly message: string;
}

/** Replaces the text of `span`; an empty span inserts. */
interface TextChange {
  readonly span: Span;
  readonly newText: string;
}

/** A cure that can be applied to the text of the finding's source. `title` is a command: `Declare chain KUBE-SEP-X`. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** Whether it is what most people want, so that an editor may apply it at a keystroke. */
  readonly preferred: boolean;
  /** Whether the words can mean nothing else, so that an editor may apply it unasked, with others, as it saves. */
  readonly certain: boolean;
}

/** What a finding stands on besides its places: an object of the cluster that says so. */
export interface Evidence {
  readonly about: ObjectReference;
  /** A clause on what the object says: `lists 10.244.1.5:8080 as ready`. */
  readonly says: string;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, what people notice of it, what to do, in that order. Words of the input are plain text. */
  readonly message: string;
  /**
   * What is not known and taken to be so, as a clause without a full stop: `the overlay carries the mark on`. Null for what
   * is certain.
   */
  readonly assumes: string | null;
  /**
   * The rule at fault, or the words in it; where a rule lacks, the declaration of the chain that it would be in. Null where
   * the rules have no such place.
   */
  readonly at: FindingPlace | null;
  /** The object of the cluster that it is about; null where it is about none, or its name is not known. */
  readonly about: ObjectReference | null;
  /** `ns/name:port` where one Service port is meant, `ns/name` where all are; null where none is. */
  readonly service: string | null;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  readonly because: readonly Evidence[];
}

/** All that is told of a finding, wherever it is shown: its message, and what it assumes. */
export function wordsOfFinding({ message, assumes }: Pick<Finding, 'message' | 'assumes'>): string {
  return assumes === null ? message : `${message} Assumed: ${assumes}.`;
}
