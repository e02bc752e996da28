/** HOT PATH: the lines of a dump that may say something of marks, found by the words for it; an edit takes along those that it leaves as they are. */
import type { LineEdit } from '../../rules/iptables/compact/compactEdit.ts';
import type { CompactRuleset, KeptByLine } from '../../rules/iptables/compact/compactRuleset.ts';
import { LineKind } from '../../rules/iptables/compact/lineTable.ts';
import { append } from '../../text/lists.ts';

/** Every match and target about marks but TPROXY has the word in its name; options may be abbreviated. */
const WORDS = ['mark', 'MARK', 'TPROXY'];

export class MarkLines implements KeptByLine {
  /** In order. */
  readonly lines: readonly number[];

  constructor(ruleset: CompactRuleset, lines = linesIn(ruleset, 0, ruleset.source.lines.length)) {
    this.lines = lines;
  }

  edited(ruleset: CompactRuleset, { changed }: LineEdit): MarkLines {
    const found: number[] = [];
    let next = 0;
    let shift = 0;
    const keepUpTo = (line: number): void => {
      for (; (this.lines[next] ?? line) < line; next++) found.push((this.lines[next] ?? 0) + shift);
    };
    for (const { first, removed, added } of changed) {
      keepUpTo(first);
      while ((this.lines[next] ?? Infinity) < first + removed) next++;
      append(found, linesIn(ruleset, first + shift, first + shift + added));
      shift += added - removed;
    }
    keepUpTo(Infinity);
    return new MarkLines(ruleset, found);
  }
}

/** Those of the lines from `from` up to `to`. */
function linesIn({ text, source: { lines } }: CompactRuleset, from: number, to: number): readonly number[] {
  if (from >= to) return [];
  const start = lines.startOf(from);
  const part = text.slice(start, lines.endOf(to - 1));
  const found = new Set<number>();
  for (const word of WORDS) {
    for (let at = part.indexOf(word); at >= 0; at = part.indexOf(word, at + word.length)) {
      if (isNameOfChain(part, at)) continue;
      const line = lines.lineAt(start + at);
      if (lines.kindOf(line) === LineKind.rule) found.add(line);
      at = lines.endOf(line) - start - word.length;
    }
  }
  return [...found].sort((one, other) => one - other);
}

/** `KUBE-MARK-MASQ`, as in tens of thousands of jumps. */
function isNameOfChain(text: string, at: number): boolean {
  return text.startsWith('-', at + 4) && text.startsWith('KUBE-', at - 5);
}
