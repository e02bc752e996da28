/**
 * The notation of fixtures: `<|>` is a cursor, `<|some words|>` a range. Below a line, `#  ^^^^ code` expects a problem
 * exactly there, and `#= code` one that covers the whole line. The `#` lines are comments of the format and stay in.
 */
import type { Span } from '../../src/text/span.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';

export interface Fixture {
  readonly text: string;
  readonly document: RulesDocument;
  /** Offsets of `<|>`, in order. */
  readonly cursors: readonly number[];
  /** What `<|…|>` covers, in order. */
  readonly spans: readonly Span[];
}

export function fixture(marked: string, uri = 'file:///node-1/iptables-save.txt'): Fixture {
  const cursors: number[] = [];
  const spans: Span[] = [];
  let open: number | null = null;
  let text = '';
  for (const part of marked.split(/(<\|>|<\||\|>)/)) {
    if (part === '<|>') cursors.push(text.length);
    else if (part === '<|') open = text.length;
    else if (part === '|>') {
      if (open === null) throw new Error('|> without <|');
      spans.push({ start: open, end: text.length });
      open = null;
    } else text += part;
  }
  return { text, document: new RulesDocument({ uri, version: 1, text }), cursors, spans };
}

/** The one cursor of a fixture. */
export function cursorOf({ cursors }: Fixture): number {
  const [only, another] = cursors;
  if (only === undefined || another !== undefined) throw new Error('The fixture needs one <|>.');
  return only;
}

/** `3:10-14 bad-port`, lines from 1, columns from 0: what the caret lines of `text` expect. */
export function expectedProblems(text: string): string[] {
  const lines = text.split('\n');
  let target = 0;
  return lines.flatMap((line, index) => {
    const [, gap = '', carets = '', code] = /^#( *)(\^+|=) (\S+)$/.exec(line) ?? [];
    if (code === undefined) {
      target = index;
      return [];
    }
    const length = lines[target]?.length ?? 0;
    const start = carets === '=' ? 0 : gap.length + 1;
    return [`${target + 1}:${start}-${carets === '=' ? length : start + carets.length} ${code}`];
  });
}
