/**
 * HOT PATH: takes the words that stand behind an option, as getopt does: so many values as it has, but no word that is an
 * option itself.
 */
import type { OptionDefinition } from '../catalogue/definitions.ts';
import { findGeneralOption, findOption } from '../catalogue/options.ts';
import type { Word } from '../nodes.ts';
import type { SyntaxProblem, SyntaxProblemCode } from '../problems.ts';
import type { WordScanner } from '../scanner/wordScanner.ts';
import { type Loaded, NONE } from './bodyNodes.ts';
import { halves } from './counters.ts';

const DASH = 45;

/**
 * Options and stray words of one rule that are read. iptables-restore takes lines of 10 KiB (`buffer` in
 * iptables/xtables-restore.c), so that no kernel has a rule with more.
 */
export const MOST_OPTIONS = 5_120;

/** What is taken of one rule's words. Which word is an option hangs on the extensions that are loaded so far. */
export class WordTaker {
  /** In the order in which they were loaded. */
  readonly loaded: Loaded[] = [];
  readonly #words: WordScanner;
  #problems: SyntaxProblem[] | null = null;

  constructor(words: WordScanner) {
    this.#words = words;
  }

  /** What was reported so far. */
  get problems(): readonly SyntaxProblem[] {
    return this.#problems ?? NONE;
  }

  /** The old style, `--dport ! 80`; in `-i ! -j X` the `!` is the value. */
  innerNegation(negation: Word | null, definition: OptionDefinition): Word | null {
    if (negation !== null || !definition.negatable || definition.values === 0) return null;
    const words = this.#words;
    const back = words.position;
    if (words.next() && words.text === '!' && !words.quoted) {
      const mark = words.word();
      const after = words.position;
      const isLast = !words.next() || (!words.quoted && this.#isOption(words.text));
      words.position = isLast ? back : after;
      return isLast ? null : mark;
    }
    words.position = back;
    return null;
  }

  /** So many as the option has, `attached` first; a value that lacks is reported at `name`. */
  takeValues(definition: OptionDefinition, attached: Word | null, name: Word): readonly Word[] {
    const wanted = definition.values;
    if (wanted === 0 && attached !== null)
      this.report('unknown-option', attached.start, attached.end, attached.text);
    if (wanted === 0) return attached === null ? NONE : [attached];
    const first = attached ?? this.takeValue(definition);
    if (first === null) {
      if (definition.optional) return NONE;
      this.report('missing-value', name.start, name.end, name.text);
      return NONE;
    }
    if (wanted === 1) return [first];
    const comma = definition.kind === 'counter' ? first.text.indexOf(',', 1) : -1;
    if (comma > 0) return halves(first, comma);
    const second = this.takeValue(definition);
    const isCounter = definition.kind !== 'counter' || !/^[-!]/.test(second?.text ?? '');
    if (second === null || !isCounter) {
      this.report('missing-value', name.start, name.end, name.text);
      return [first];
    }
    return [first, second];
  }

  /**
   * The next word. getopt would take an option's name for a value too (`-s -j ACCEPT` has the source `-j`) and then
   * fail on it; free text aside, saying that the value is missing serves better.
   */
  takeValue(definition?: OptionDefinition): Word | null {
    const words = this.#words;
    const back = words.position;
    if (!words.next()) return null;
    // `xs_has_arg`: a value that may be left out begins with no `!`.
    const isLeftOut = definition?.optional === true && words.text.startsWith('!');
    if (isLeftOut || (definition?.kind !== 'text' && !words.quoted && this.#isOption(words.text))) {
      words.position = back;
      return null;
    }
    if (words.unterminated) this.report('unterminated-quote', words.start, words.end, words.text.trimEnd());
    return words.word();
  }

  #isOption(text: string): boolean {
    if (text.charCodeAt(0) !== DASH || text.length < 2) return false;
    return findGeneralOption(text) !== null || this.ownerOf(text) !== null;
  }

  /** The words up to the next option, for an option of which nothing is known. */
  takeWords(): readonly Word[] {
    const words = this.#words;
    const values: Word[] = [];
    for (let back = words.position; words.next(); back = words.position) {
      const { text, quoted } = words;
      if (!quoted && (text === '!' || (text.charCodeAt(0) === DASH && text.length > 1))) {
        words.position = back;
        break;
      }
      if (words.unterminated) this.report('unterminated-quote', words.start, words.end, words.text.trimEnd());
      values.push(words.word());
      if (values.length >= MOST_OPTIONS) break;
    }
    return values.length === 0 ? NONE : values;
  }

  /** The extension loaded last that knows `name`. */
  ownerOf(name: string): Loaded | null {
    for (let index = this.loaded.length - 1; index >= 0; index--) {
      const loaded = this.loaded[index];
      if (loaded === undefined || loaded.definition === null) continue;
      if (findOption(loaded.definition, name) !== null) return loaded;
    }
    return null;
  }

  /** `detail`: the words that it is about. */
  report(code: SyntaxProblemCode, start: number, end: number, detail: string): void {
    const problem = { code, start, end, detail };
    if (this.#problems === null) this.#problems = [problem];
    else this.#problems.push(problem);
  }
}
