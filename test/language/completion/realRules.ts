/**
 * The measure of completion on real rules. A rule is taken out of its dump and written again, word by word: the text is
 * the dump without the rule, and in its place the line up to the cursor, with 0, 1 or 2 letters of the next word. The
 * word is hit when it is among the first ten items that an editor shows. Words are all words of the rule but its counters;
 * a comment in quotes is one word, whose letters count from behind the quote.
 */
import type { CompletionItem } from 'vscode-languageserver-types';
import { openAnalysis } from '../../../src/kubeproxy/analysis.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { sourcesOfFiles } from '../../../src/kubeproxy/sources.ts';
import { completionsAt } from '../../../src/language/completion/completion.ts';
import { readNames } from '../../../src/language/completion/knownNames.ts';
import { finish } from '../../../src/values/steps.ts';
import { habitsOf } from '../../../src/language/completion/habits.ts';
import { RulesDocument } from '../../../src/language/rulesDocument.ts';

export interface Tried {
  readonly line: string;
  readonly word: string;
  readonly hit: boolean;
}

/** How many items of a list anybody looks at. */
const SHOWN = 10;

/** The places of all rules in a dump. */
export function ruleSpans(text: string): readonly { readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/^(?:\[\d+:\d+\] )?-A .*$/gm)].map(({ index, 0: line }) => ({
    start: index,
    end: index + line.length,
  }));
}

/** Every word of a rule, tried with `letters` letters typed. `files` lie beside the dump. */
export function tryRule(
  dump: string,
  { start, end }: { readonly start: number; readonly end: number },
  letters: readonly number[],
  files: SnapshotFiles = new Map(),
): ReadonlyMap<number, readonly Tried[]> {
  const line = dump.slice(start, end);
  const without = `${dump.slice(0, start)}\n${dump.slice(end)}`;
  const name = 'iptables-save.txt' as const;
  const known: SnapshotFiles = new Map([...files, [name, without] as const]);
  const analysis = openAnalysis({ sources: sourcesOfFiles(known), files: known });
  const habits = habitsOf(new RulesDocument({ uri: `file:///n/${name}`, version: 1, text: without }));
  const names = finish(readNames(analysis));
  const first = /^(?:\[\d+:\d+\] )?/.exec(line)?.[0].length ?? 0;
  const words = [...line.slice(first).matchAll(/"(?:\\.|[^"])*"|\S+/g)];
  const tried = new Map(letters.map((count) => [count, [] as Tried[]]));
  for (const { index, 0: word } of words) {
    const quote = word.startsWith('"') ? 1 : 0;
    for (const count of letters) {
      const typed = line.slice(0, first + index + Math.min(word.length, quote + count));
      const text = dump.slice(0, start) + typed + dump.slice(end);
      const document = new RulesDocument({ uri: `file:///n/${name}`, version: 2, text });
      const list = completionsAt({ document, analysis, habits, names, offset: start + typed.length }, false);
      const shown = asShown(list.items).slice(0, SHOWN);
      const hit = shown.some((item) => written(item, quote) === word);
      tried.get(count)?.push({ line: typed, word, hit });
    }
  }
  return tried;
}

function written({ textEdit, label }: CompletionItem, quote: number): string {
  const text = textEdit !== undefined && 'newText' in textEdit ? textEdit.newText : label;
  return quote === 1 && !text.startsWith('"') ? `"${text.replace(/"$/, '')}"` : text;
}

/** An editor orders what it is given by `sortText`; all of these begin with what is typed. */
function asShown(items: readonly CompletionItem[]): readonly CompletionItem[] {
  return items.toSorted((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''));
}
