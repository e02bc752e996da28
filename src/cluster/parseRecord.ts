import { isRecord, type JsonRecord } from '../text/json.ts';

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
