import type { Span } from '../../text/span.ts';

/** What the parser itself can find; `src/language/rules/` gives each its message, severity and fixes. */
export type SyntaxProblemCode =
  | 'bad-line'
  | 'unterminated-quote'
  | 'unknown-option'
  | 'missing-value'
  /** `[x:y] -A …`: what stands in the brackets is read with `-c` only. */
  | 'bad-counters'
  /** `-A INPUT … -I OUTPUT`: `detail` is `-I -A`, the second command and the first. */
  | 'second-command'
  /** `-D X 3`, `-F X`: `detail` is a clause that says why the line cannot be carried out. */
  | 'cannot-edit'
  /** `-t nat` in a rule: of no harm in a list of commands. */
  | 'table-option'
  | 'outside-table'
  | 'missing-commit'
  | 'not-rules';

/** `detail` is data for the message (a word of the input, a format's name), never markup. */
export interface SyntaxProblem extends Span {
  readonly code: SyntaxProblemCode;
  readonly detail: string;
}
