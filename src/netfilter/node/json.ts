/** Takes typed values out of the JSON that `ip -j` prints; what has another type counts as left out. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export type JsonRows =
  | { readonly kind: 'rows'; readonly lists: readonly (readonly JsonRecord[])[] }
  | { readonly kind: 'error'; readonly message: string };

/**
 * The lists of objects in a file: usually one, several when the output of several commands was put one after the other
 * (`ip -j rule; ip -j -6 rule`, each on a line of its own).
 */
export function readRows(text: string): JsonRows {
  const whole = parse(text);
  const values =
    whole.kind === 'value' ? [whole.value] : text.split('\n').filter((line) => line.trim() !== '');
  const lists: (readonly JsonRecord[])[] = [];
  for (const value of values) {
    const parsed = whole.kind === 'value' ? whole : parse(String(value));
    if (parsed.kind === 'error') return whole.kind === 'error' ? whole : parsed;
    if (!Array.isArray(parsed.value)) return { kind: 'error', message: 'not a list' };
    lists.push(parsed.value.filter(isRecord));
  }
  return { kind: 'rows', lists };
}

type Parsed =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly message: string };

function parse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(row: JsonRecord, field: string): string | null {
  const value = row[field];
  return typeof value === 'string' ? value : null;
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
