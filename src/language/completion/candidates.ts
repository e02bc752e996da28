/** What may be offered, and in which order. */
import type { CompletionItemKind } from 'vscode-languageserver-types';

/** One word that would fit. */
export interface Candidate {
  readonly text: string;
  readonly kind: CompletionItemKind;
  /** What it is, in a few plain words. */
  readonly detail?: string;
  /** Other words by which it is found: the name of a Service for its address. */
  readonly names?: string;
  /** In place of `text`, with tab stops. */
  readonly snippet?: string;
}

/** More than anybody reads through; typing narrows them down. */
const MOST_OFFERED = 200;

/**
 * Merges lists that each begin with the likeliest: one of each in turn, of the first list two, so that the first of all of
 * them stand in front.
 * Only what `typed` begins is left, then what it is found by.
 */
export function ranked(lists: readonly Iterable<Candidate>[], typed: string): readonly Candidate[] {
  const wanted = typed.toLowerCase();
  const open = lists.map((list) => fitting(list, wanted));
  open.splice(1, 0, ...open.slice(0, 1));
  const found = new Map<string, Candidate>();
  while (open.length > 0 && found.size < MOST_OFFERED) {
    for (let index = 0; index < open.length; index++) {
      let step = open[index]?.next();
      // What another list had already is no turn.
      while (step?.done === false && found.has(step.value.text)) step = open[index]?.next();
      if (step === undefined || step.done === true) open.splice(index--, 1);
      else found.set(step.value.text, step.value);
    }
  }
  const all = [...found.values()];
  const begins = all.filter(({ text }) => text.toLowerCase().startsWith(wanted));
  return [...begins, ...all.filter((each) => !begins.includes(each))];
}

function* fitting(list: Iterable<Candidate>, wanted: string): Generator<Candidate> {
  for (const each of list) if (fits(each, wanted)) yield each;
}

/** `dp` is enough for `--dport`, `web` for an address of default/web. */
function fits({ text, names }: Candidate, wanted: string): boolean {
  const lower = text.toLowerCase();
  if (lower.startsWith(wanted)) return true;
  if (wanted.length < 2) return false;
  if (names?.toLowerCase().includes(wanted) === true) return true;
  return lower.startsWith('-') && lower.replace(/^-+/, '').startsWith(wanted);
}
