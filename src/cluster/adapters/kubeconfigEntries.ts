/** What kubeconfig files hold. */
import type { JsonRecord } from '../../text/json.ts';

/** One of `clusters`, `users`, `contexts`. */
export interface Entry {
  readonly name: string;
  /** `{ server: https://… }`: what stands under the singular of the list's name. */
  readonly value: JsonRecord;
  /** Of the file, which its relative paths begin at. */
  readonly folder: string;
}

/** Files merged; each list by its entries' names, in the order of appearance. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly current: string | null;
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** A text, or a number that YAML saw in one; null where it is left out or empty. */
export function textField(record: JsonRecord, field: string): string | null {
  const value = Object.hasOwn(record, field) ? record[field] : null;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
