/** JSON with the place of each value. */
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Span } from '../../../text/span.ts';
import type { Value, Word } from '../expressions.ts';

export type Json = Node;

/** Deeper than any listing is; the reader of JSON calls itself for each level. */
const DEEPEST = 100;

export interface ReadJson {
  /** Null where the text is no JSON, or is deeper than any listing; what is there of one that breaks off. */
  readonly json: Json | null;
  /** What is no JSON. */
  readonly wrong: readonly Span[];
}

export function readJson(text: string): ReadJson {
  const wrong: ParseError[] = [];
  const json = depthOf(text) > DEEPEST ? null : (parseTree(text, wrong) ?? null);
  return { json, wrong: wrong.map(({ offset, length }) => ({ start: offset, end: offset + length })) };
}

const [QUOTE, BACKSLASH] = [34, 92];
const OPENING: ReadonlySet<number> = new Set([91, 123]); // [ {
const CLOSING: ReadonlySet<number> = new Set([93, 125]); // ] }

/** Brackets within each other at most; those within strings count as well where a string breaks off. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isText && code === BACKSLASH) at += 1;
    else if (code === QUOTE) isText = !isText;
    else if (!isText && OPENING.has(code)) most = Math.max(most, (depth += 1));
    else if (!isText && CLOSING.has(code)) depth -= 1;
  }
  return most;
}

export function spanOf({ offset, length }: Json): Span {
  return { start: offset, end: offset + length };
}

/** The value of a field; null where the object has none, and where it is no object. */
export function field(json: Json | null, name: string): Json | null {
  if (json?.type !== 'object') return null;
  const property = json.children?.find(({ children }) => children?.[0]?.value === name);
  return property?.children?.[1] ?? null;
}

/** The one field of `{ "match": … }`. */
export function only(json: Json): readonly [name: string, value: Json] | null {
  if (json.type !== 'object' || json.children?.length !== 1) return null;
  const [name, value] = json.children[0]?.children ?? [];
  return name === undefined || value === undefined ? null : [String(name.value), value];
}

/** The items of a list; a value that is none is the only item, as nft writes lists of one; none of null. */
export function itemsOf(json: Json | null): readonly Json[] {
  if (json === null || json.type === 'null') return [];
  return json.type === 'array' ? (json.children ?? []) : [json];
}

export function textOf(json: Json | null): string | null {
  return json?.type === 'string' ? String(json.value) : null;
}

/** The texts of a list, or of what stands for one. */
export function textsOf(json: Json | null): readonly string[] {
  return itemsOf(json)
    .map(textOf)
    .filter((each) => each !== null);
}

export function numberOf(json: Json | null): number | null {
  return json?.type === 'number' ? Number(json.value) : null;
}

export function isTrue(json: Json | null): boolean {
  return json?.type === 'boolean' && json.value === true;
}

/** `a/b-c`: what nft reads as one word. */
const PLAIN = /^[A-Za-z_][\w/.-]*$/u;

/** `isQuoted`: as comments are, whatever they say. */
export function wordOf(json: Json | null, isQuoted = false): Word | null {
  const text = textOf(json);
  if (json === null || text === null) return null;
  return { text, quoted: isQuoted || !PLAIN.test(text), ...spanOf(json) };
}

/** A string, a number, or whether a header is there; null for anything else. */
export function valueOf(json: Json): Value | null {
  const { type, value } = json;
  if (type === 'number') {
    return { kind: 'value', text: String(value), value: Number(value), quoted: false, ...spanOf(json) };
  }
  if (type === 'boolean') {
    const text = value === true ? 'exists' : 'missing';
    return { kind: 'value', text, value: text, quoted: false, ...spanOf(json) };
  }
  if (type !== 'string') return null;
  const text = String(value);
  // nft writes some numbers in quotes: of classes, of interfaces without a name.
  const number = /^\d{1,15}$/u.test(text) ? Number(text) : text;
  const quoted = !/^[\w./:*-]+$/u.test(text);
  return { kind: 'value', text, value: number, quoted, ...spanOf(json) };
}
