/** What the checks find: LSP-free, so that the command line and the editor say the same. */
import type { Span } from '../../text/span.ts';
import type { ProblemCode } from './problemTable.ts';

/** `error`: the kernel or iptables-restore refuses it. `warning`: it is accepted and most likely not meant. */
export type Severity = 'error' | 'warning' | 'information';

/** Another place that belongs to a problem: the rest of a loop, the first of two declarations. */
export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

/** Replaces the text of `span`; an empty span inserts. */
interface TextChange {
  readonly span: Span;
  readonly newText: string;
}

/** A cure that can be applied. `title` is a command: `Declare chain KUBE-SEP-X`. */
export interface Fix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** Whether it is what most people want, so that an editor may apply it at a keystroke. */
  readonly preferred: boolean;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** Plain text: what is wrong, why it matters, what to do, in that order. */
  readonly message: string;
  readonly span: Span;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}
