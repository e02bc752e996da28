/** What a reader of one snapshot file gives: its value (null when nothing could be made of the file) and what was wrong. */
export interface FileReading<T> {
  readonly value: T | null;
  /** Without the file's name. */
  readonly problems: readonly string[];
}
