/** What nft refuses: the one shape of it, and who collects it. */
import type { Span } from '../../../text/span.ts';
import type { Meant } from './meant.ts';

export interface NftProblem extends Span {
  readonly code:
    'nft-syntax' | 'nft-misprint' | 'nft-unknown-name' | 'nft-twice' | 'nft-misplaced' | 'nft-value';
  /** What is wrong, in plain words of a sentence or two. */
  readonly message: string;
  /** Whether a file of the machine (`/etc/services`, `/etc/hosts`) may know the name, so that nft may take it there. */
  readonly mayBeKnown: boolean;
  /** What to write in its place, where that is known; not certain. */
  readonly better: string | null;
}

export class Problems {
  readonly found: NftProblem[] = [];
  readonly #text: string;

  /** `text` is what is looked at. */
  constructor(text: string) {
    this.#text = text;
  }

  /** What is written there. */
  written({ start, end }: Span): string {
    return this.#text.slice(start, end);
  }

  add(code: NftProblem['code'], { start, end }: Span, message: string, meant: Meant | null = null): void {
    const words = meant === null ? message : `${message} ${meant.hint}`;
    this.found.push({ code, start, end, message: words, mayBeKnown: false, better: meant?.newText ?? null });
  }

  /** Of a name that the machine may know; what is told is where nft looks it up. */
  addUnlisted({ start, end }: Span, message: string): void {
    this.found.push({ code: 'nft-value', start, end, message, mayBeKnown: true, better: null });
  }
}
