/**
 * Text from a dump in Markdown. A comment, a chain or a Pod may be named anything: all of it goes through `escaped` or
 * `code`, so that nothing in it becomes a link, an image, HTML or a table cell of its own.
 */
import { invisible } from '../text/invisible.ts';
import { largest } from '../text/lists.ts';

/** `*a* <b>` → `\*a\* &lt;b&gt;`: shows exactly as written. Line breaks become blanks. */
export function escaped(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~:/@$=^"']/g, (mark) => `\\${mark}`);
}

/** As inline code; a fence longer than any run of backticks in it. Works in table cells too. */
export function code(text: string): string {
  const shown = visible(text).replaceAll('|', '\u2502');
  const longest = largest(
    [...shown.matchAll(/`+/g)].map(([run]) => run.length),
    0,
  );
  const fence = '`'.repeat(longest + 1);
  const space = shown.startsWith('`') || shown.endsWith('`') || shown.trim() === '' ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A link to an address that this program made. `label` is our own text. */
export function link(label: string, target: string): string {
  return `[${label}](${target})`;
}

/** A table; cells are Markdown already. `columns`: `:` in front = left, behind = right. */
export function tableOf(
  columns: readonly { readonly title: string; readonly right?: boolean }[],
  rows: readonly (readonly string[])[],
): string {
  return [
    rowOf(columns.map((column) => column.title)),
    rowOf(columns.map((column) => (column.right === true ? '--:' : '---'))),
    ...rows.map(rowOf),
  ].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Paragraphs, the empty ones left out. */
export function paragraphs(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** What nobody sees becomes a visible mark. */
function visible(text: string): string {
  // A tab or a line break is a blank; the others have no place in a name.
  return text.replaceAll(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ').replaceAll(invisible, '\ufffd');
}
