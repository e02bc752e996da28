import { invisible } from './invisible.ts';

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

/** `value` as JSON for a terminal or a file: what nobody sees stands as `\u` escapes, so that it reads back the same. */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  return PLAIN.test(text) ? text : text.replaceAll(invisible, escapeUnlessLineEnd);
}

/** ASCII, and the quotes, dashes and dots that sentences have: nothing of it is invisible, and the look is cheap. */
const PLAIN = /^[\n -~\u2010-\u2027]*$/;

/** A line end is the layout's own: within a string JSON has escaped it. */
function escapeUnlessLineEnd(character: string): string {
  return character === '\n' ? character : unitsOf(character).map(escapeOfUnit).join('');
}

function unitsOf(character: string): number[] {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
}

function escapeOfUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
