/** What may stand in a line of a flows file, and what stands there. Texts are plain. */
import { findNodeAtLocation, getLocation, type JSONPath, parseTree } from 'jsonc-parser';
import { lineFields, type LineField } from './lineFields.ts';

/** Something that fits: its label, what it means, and what it puts there. */
interface LineItem {
  readonly label: string;
  readonly meaning: string;
  readonly insert: string;
}

export interface LineHelp {
  readonly items: readonly LineItem[];
  /** Of a text that names an end: which, what stands before the cursor, and who sends where that is known. */
  readonly end: {
    readonly side: 'source' | 'destination';
    readonly query: string;
    readonly from: string;
  } | null;
  /** Of the field that stands there; empty where it is not known. */
  readonly hover: string;
  /** What an item takes the place of: `start` up to `until`, in UTF-16 units. */
  readonly start: number;
  readonly until: number;
}

/** Of the line's place before `character`. A line that is no JSON yet is read as far as it goes. */
export function lineHelp(line: string, character: number): LineHelp {
  const { path, isAtPropertyKey, previousNode } = getLocation(line, character);
  const start = previousNode?.offset ?? character;
  const until = previousNode === undefined ? character : previousNode.offset + previousNode.length;
  const place = fieldPath(path);
  const items = isAtPropertyKey
    ? keysOf(line, path, place, line.slice(until).trimStart().startsWith(':'))
    : valuesOf(place);
  const side = sides.get(place);
  const query = typeof previousNode?.value === 'string' ? line.slice(start + 1, character) : '';
  const end =
    side === undefined || isAtPropertyKey
      ? null
      : { side, query, from: side === 'source' ? '' : sourceOf(line) };
  return { items, end, hover: hoverOf(place), start, until };
}

/** Where the value of `field` stands; the whole line where it has none. */
export function spanOfField(
  line: string,
  field: string | null,
): { readonly start: number; readonly end: number } {
  const root = field === null ? undefined : parseTree(line);
  const node = root === undefined || field === null ? undefined : findNodeAtLocation(root, [field]);
  if (node !== undefined) return { start: node.offset, end: node.offset + node.length };
  const start = line.length - line.trimStart().length;
  return { start, end: line.trimEnd().length };
}

const sides: ReadonlyMap<string, 'source' | 'destination'> = new Map([
  ['from', 'source'],
  ['to', 'destination'],
]);

/** `["after", 0, "to", "address"]` → `to.address` */
function fieldPath(path: JSONPath): string {
  const names = path.filter((each) => typeof each === 'string');
  const from = names.findLastIndex((name) => ['after', 'then', 'quote'].includes(name));
  const last = from === names.length - 1;
  return (last ? names.slice(-1) : names.slice(from + 1)).join('.');
}

/** Fields that the object does not have yet. */
function keysOf(line: string, path: JSONPath, place: string, hasColon: boolean): readonly LineItem[] {
  const parent = place.includes('.') ? place.slice(0, place.lastIndexOf('.') + 1) : '';
  const root = parseTree(line);
  const object = root === undefined ? undefined : findNodeAtLocation(root, path.slice(0, -1));
  const own = path.at(-1);
  const taken = new Set(
    object?.children?.map(({ children }) => children?.[0]?.value).filter((key) => key !== own),
  );
  return lineFields
    .filter((each) => each.path.startsWith(parent) && !each.path.slice(parent.length).includes('.'))
    .map((each) => ({ each, name: each.path.slice(parent.length) }))
    .filter(({ name }) => !taken.has(name))
    .map(({ each, name }) => ({
      label: name,
      meaning: each.meaning,
      insert: hasColon ? JSON.stringify(name) : `${JSON.stringify(name)}: ${each.blank}`,
    }));
}

function valuesOf(place: string): readonly LineItem[] {
  return (
    fieldAt(place)?.values.map(({ json, meaning }) => ({
      label: json.replaceAll('"', ''),
      meaning,
      insert: json,
    })) ?? []
  );
}

function hoverOf(place: string): string {
  const found = fieldAt(place);
  return found === undefined ? '' : `${found.path}: ${found.meaning}`;
}

function fieldAt(place: string): LineField | undefined {
  return lineFields.find(({ path }) => path === place);
}

function sourceOf(line: string): string {
  const root = parseTree(line);
  const node = root === undefined ? undefined : findNodeAtLocation(root, ['from']);
  return typeof node?.value === 'string' ? node.value : '';
}
