/** An object of parsed JSON, whose fields may be anything. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object, and not null or a list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that a text of JSON holds; null where the text is no JSON, or holds something else. */
export function parseRecord(text: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
