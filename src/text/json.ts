/** An object of parsed JSON, whose fields may be anything. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object, and not null or a list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
