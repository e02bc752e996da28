import type { ObjectResource } from '../slim.ts';

/** What one stretch of a text told. */
export interface FormRead {
  /** Objects and lists of them, as `kubectl -o json` prints them. */
  readonly values: readonly unknown[];
  /** What is left out or could not be read, without a full stop. */
  readonly problems: readonly string[];
  /** Of which resources the form does not tell all: nothing follows from what is not in it. */
  readonly partial: readonly ObjectResource[];
}
