/** Splits a text into the JSON documents in it: one, several one after the other, or one a line. */

export interface JsonDocuments {
  readonly values: readonly unknown[];
  readonly problems: readonly string[];
}

/** Reads every document that can be read; what stands between them, or breaks off, is a problem. Empty text has none. */
export function readJsonDocuments(text: string): JsonDocuments {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (body.trim() === '') return { values: [], problems: [] };
  const whole = parse(body);
  if (whole.kind === 'value') return { values: [whole.value], problems: [] };
  const values: unknown[] = [];
  const problems: string[] = [];
  let end = 0;
  for (const document of documentsOf(body)) {
    end = document.end;
    const parsed = parse(body.slice(document.start, document.end));
    if (parsed.kind === 'value') values.push(parsed.value);
    else problems.push(parsed.message);
  }
  if (end === 0) return { values, problems: [whole.message] };
  if (body.slice(end).trim() !== '') problems.push('the last JSON document breaks off');
  return { values, problems };
}

/** Where the document that begins at or behind `from` ends; null where it breaks off. */
export function jsonDocumentEnd(text: string, from: number): number | null {
  const first = documentsOf(text, from).next();
  return first.done === true ? null : first.value.end;
}

type Parsed =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'error'; readonly message: string };

function parse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'value', value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'error', message: `not valid JSON: ${message}` };
  }
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]); // [ {
const CLOSING: ReadonlySet<number> = new Set([93, 125]); // ] }

/** The top-level objects and lists of a text, found by counting brackets outside strings. */
function* documentsOf(
  text: string,
  from = 0,
): Generator<{ readonly start: number; readonly end: number }, undefined> {
  let depth = 0;
  let start = from;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE && depth > 0) {
      index = stringEnd(text, index);
    } else if (OPENING.has(code)) {
      if (depth === 0) start = index;
      depth++;
    } else if (CLOSING.has(code) && depth > 0) {
      depth--;
      if (depth === 0) yield { start, end: index + 1 };
    }
  }
}

function stringEnd(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}
