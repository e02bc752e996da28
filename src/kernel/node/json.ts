/** Takes typed values out of the JSON that `ip -j` prints, or of rows that were made of its text; what has another type counts as left out. */
import { type Address, parseAddress } from '../../values/address.ts';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { readJsonDocuments } from '../../text/jsonDocuments.ts';

export type JsonRows =
  | { readonly kind: 'rows'; readonly lists: readonly (readonly JsonRecord[])[] }
  | { readonly kind: 'error'; readonly message: string };

/** Lists of rows that a text has in a form other than JSON; null where it is not of that form. */
export type TextForm = (text: string) => readonly (readonly JsonRecord[])[] | null;

/**
 * The lists of objects in a file: usually one, several when the output of several commands was put one after the other
 * (`ip -j rule; ip -j -6 rule`). `forms`: readers of other forms of the same, each of which takes its own lines.
 */
export function readRows(text: string, forms: readonly TextForm[] = []): JsonRows {
  const told = /^\s*[[{]/.test(text) ? [] : forms.flatMap((form) => form(text) ?? []);
  return told.length > 0 ? { kind: 'rows', lists: told } : readJsonRows(text);
}

function readJsonRows(text: string): JsonRows {
  const { values, problems } = readJsonDocuments(text);
  const [problem] = problems;
  if (problem !== undefined) return { kind: 'error', message: problem };
  const lists = values.filter((value): value is readonly unknown[] => Array.isArray(value));
  if (lists.length < values.length || lists.length === 0) return { kind: 'error', message: 'not a list' };
  return { kind: 'rows', lists: lists.map((list) => list.filter(isRecord)) };
}

export function textOf(row: JsonRecord, field: string): string | null {
  const value = row[field];
  return typeof value === 'string' ? value : null;
}

/** The address in a field; null where there is none. */
export function addressOf(row: JsonRecord, field: string): Address | null {
  const text = textOf(row, field);
  return text === null ? null : parseAddress(text);
}

/** A whole number, also one written as text (`"0x10"`, `"100"`). */
export function numberOf(row: JsonRecord, field: string): number | null {
  const value = row[field];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

export function textsOf(row: JsonRecord, field: string): readonly string[] {
  const value = row[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function recordsOf(row: JsonRecord, field: string): readonly JsonRecord[] {
  const value = row[field];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
