/** Cures that several checks offer. */
import type { ChainDeclaration, Option, Table } from '../../rules/iptables/nodes.ts';
import { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import type { Span } from '../../text/span.ts';
import type { TableScope } from './tableScope.ts';
import type { Fix } from '../../kubeproxy/findings/finding.ts';

/** Declares `chain` behind the table's last declaration, or behind its `*name` line. */
export function declareChain({ table, kept }: TableScope, chain: string): Fix | null {
  const last = kept.of(lastDeclaration);
  if (last === null) return null;
  const isCommand = table.start === null;
  const line = isCommand ? `-N ${chain}` : `:${chain} - [0:0]`;
  return {
    title: `Declare chain ${chain}`,
    changes: [{ span: { start: last.end, end: last.end }, newText: `\n${line}` }],
    preferred: true,
    certain: false,
  };
}

/** Where a further declaration belongs; looked for once, however many chains are missing. */
function lastDeclaration(table: Table): Span | null {
  if (table instanceof CompactTable) return lastOfLines(table);
  let last: Span | null = table.start;
  for (const { declaration } of table.chains.values()) {
    if (declaration !== null && declaration.end > (last?.end ?? -1)) last = declaration;
  }
  return last;
}

/** The last that declares a chain for the first time. */
function lastOfLines({ section, start, nodes }: CompactTable): Span {
  const again = new Set(section.again);
  const last = section.declarations.findLast((line) => !again.has(line));
  return last === undefined ? start : nodes.declaration(last);
}

/** Moves a declaration to the line above `rule`. */
export function moveUp(text: string, declaration: ChainDeclaration, rule: Span): Fix {
  const { start } = wholeLine(text, rule);
  const words = text.slice(declaration.start, declaration.end);
  return {
    title: `Declare chain ${declaration.name.text} before this rule`,
    changes: [
      { span: { start, end: start }, newText: `${words}\n` },
      { span: wholeLine(text, declaration), newText: '' },
    ],
    preferred: true,
    certain: true,
  };
}

/** Takes a rule's line away, its line ending included. */
export function removeLine(text: string, line: Span, title: string): Fix {
  return { title, changes: [{ span: wholeLine(text, line), newText: '' }], preferred: false, certain: false };
}

function wholeLine(text: string, line: Span): Span {
  let { start, end } = line;
  while (start > 0 && text.charAt(start - 1) !== '\n' && text.charAt(start - 1) !== '\r') start--;
  if (text.charAt(end) === '\r') end++;
  if (text.charAt(end) === '\n') end++;
  return { start, end };
}

/** Puts words in front of an option, before its negation if it has one. */
export function insertBefore(option: Span | Option, words: string, title: string): Fix {
  const negation = 'negation' in option ? option.negation : null;
  const start = Math.min(option.start, negation?.start ?? option.start);
  return {
    title,
    changes: [{ span: { start, end: start }, newText: `${words} ` }],
    preferred: true,
    certain: false,
  };
}

export function replaceWith(span: Span, newText: string, title: string): Fix {
  const changes = [{ span: { start: span.start, end: span.end }, newText }];
  return { title, changes, preferred: true, certain: false };
}
