/** How matches and targets print themselves in `iptables -L`, as data: a pattern for each, and what its parts say. */
import type { Span } from '../../../../text/span.ts';
import { listedValues, type ValueName } from './values.ts';

/**
 * A regular expression in which a blank stands for any number of them and braces for what the words say:
 * `{--seconds}` a word that is the option's value, `{--dport:port}` one that is read by a row of `listedValues`,
 * `{--reap=reap}` words that stand for an option without a value, `{--mode=random>random}` for one with that value,
 * `{!}` a `!` that negates the option behind it, `{!:!= }` other words that do.
 */
export interface ListedForm {
  /** As the catalogue calls it. */
  readonly extension: string;
  readonly pattern: string;
  /** Whether its options belong to a match of this name right before, if there is one. */
  readonly joins: boolean;
}

export function form(extension: string, ...patterns: readonly string[]): readonly ListedForm[] {
  return patterns.map((pattern) => ({ extension, pattern, joins: false }));
}

/** Forms of single options, which follow one another in one match. */
export function items(extension: string, ...patterns: readonly string[]): readonly ListedForm[] {
  return patterns.map((pattern) => ({ extension, pattern, joins: true }));
}

/** A word of the rule, and where the listing says it. */
export interface SaidWord {
  readonly text: string;
  readonly at: Span;
}

export interface SaidOption {
  readonly name: SaidWord;
  readonly negation: Span | null;
  readonly values: readonly SaidWord[];
}

/** What a form read of the details of a rule. */
export interface Said {
  readonly at: Span;
  readonly options: readonly SaidOption[];
  /** Whether the form shows less than the rule says: a number that is cut. */
  readonly isCut: boolean;
}

interface Slot {
  /** Null for a negation. */
  readonly option: string | null;
  readonly value: ValueName | null;
  /** The value that the words stand for. */
  readonly fixed: string | null;
}

/** A form made ready to read. */
export class FormReader {
  readonly extension: string;
  readonly joins: boolean;
  /** Characters with which every text begins that it reads, behind a `!`; may be empty. */
  readonly beginning: string;
  readonly #slots: Slot[] = [];
  readonly #expression: RegExp;

  constructor({ extension, pattern, joins }: ListedForm) {
    this.extension = extension;
    this.joins = joins;
    this.beginning = /^(?:\{!\})?([\w#:/-]*)/.exec(pattern)?.[1] ?? '';
    const source = pattern
      .replaceAll(' ?', ' *')
      .replaceAll(/ (?![+*])/g, ' +')
      .replaceAll(
        /\{(!|--[\w-]+)(?:([:=])((?:[^{}\\]|\\.)*))?\}/g,
        (_, name: string, sign?: string, rest = '') => this.#slot(name, sign, String(rest)),
      );
    // Behind it the text ends, or a blank does.
    this.#expression = new RegExp(`(?:${source})(?= |$)`, 'dy');
  }

  /** What it reads from `start` on; null where the text is not of this form. */
  read(text: string, start: number): Said | null {
    this.#expression.lastIndex = start;
    const found = this.#expression.exec(text);
    if (found === null) return null;
    const options: SaidOption[] = [];
    let negation: Span | null = null;
    let isCut = false;
    for (const [index, { option, value, fixed }] of this.#slots.entries()) {
      const [from, to] = found.indices?.[index + 1] ?? [-1, -1];
      if (from < 0) continue;
      const at = { start: from, end: to };
      if (option === null) {
        if (to > from) negation = at;
        continue;
      }
      const words = text.slice(from, to);
      const said = value === null ? null : listedValues[value].read(words);
      isCut ||= value === 'probability' && words.length < FULL_PROBABILITY;
      const whole = { start: start, end: to };
      if (value === null) options.push(optionOf(option, negation, at, fixed === null ? [] : [fixed], at));
      else if (said?.kind === 'options')
        for (const each of said.options) options.push(optionOf(each.name, null, at, each.values, at));
      else if (said !== null)
        options.push(optionOf(option, negation, nameSpan(text, whole, from), said.values, at));
      negation = null;
    }
    return { at: { start, end: start + found[0].length }, options, isCut };
  }

  #slot(name: string, sign: string | undefined, rest: string): string {
    if (name === '!') {
      this.#slots.push({ option: null, value: null, fixed: null });
      return sign === ':' ? `(${rest})` : '(! *)?';
    }
    if (sign === '=') {
      const [words = '', fixed = null] = rest.split('>');
      this.#slots.push({ option: name, value: null, fixed });
      return `(${words})`;
    }
    const value = isValueName(rest) ? rest : 'word';
    this.#slots.push({ option: name, value, fixed: null });
    return `(${listedValues[value].pattern})`;
  }
}

/** `0.50000000000`: the kernel keeps 31 bits, which eleven digits tell apart; releases before 1.4.13 print six. */
const FULL_PROBABILITY = 13;

function isValueName(text: string): text is ValueName {
  return Object.hasOwn(listedValues, text);
}

function optionOf(
  name: string,
  negation: Span | null,
  at: Span,
  values: readonly string[],
  valueAt: Span,
): SaidOption {
  return { name: { text: name, at }, negation, values: values.map((text) => ({ text, at: valueAt })) };
}

/** The word before a value, which names it: of `dpt:80` the `dpt`. */
function nameSpan(text: string, whole: Span, valueStart: number): Span {
  const before = text.slice(whole.start, valueStart);
  const found = /[\w#-]+[: =!]*$/.exec(before);
  const word = /^[\w#-]+/.exec(found?.[0] ?? '')?.[0] ?? '';
  const start = whole.start + (found?.index ?? before.length);
  return { start, end: start + word.length };
}
