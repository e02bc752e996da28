/** What may be written at a place: a word, and what would make a whole rule of it, so that it can be tried. */
import { CompletionItemKind } from 'vscode-languageserver-types';

export interface Offer {
  readonly text: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** `1/second` behind `rate`; empty where the word is whole; null where nobody can say, and it is not tried. */
  readonly tail: string | null;
  /** Shown and inserted in quotes, which are not typed for it. */
  readonly isQuoted?: boolean;
}

/** A word that is whole, or one with its tail. */
export type Written = string | readonly [text: string, tail: string | null];

export function offers(
  written: Iterable<Written>,
  kind: CompletionItemKind = CompletionItemKind.Keyword,
  meanings: Readonly<Record<string, string>> = {},
): readonly Offer[] {
  return [...written].map((each) => {
    const [text, tail] = typeof each === 'string' ? [each, ''] : each;
    const detail = meanings[text];
    return { text, kind, tail, ...(detail === undefined ? {} : { detail }) };
  });
}
