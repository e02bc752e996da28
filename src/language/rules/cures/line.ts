/** A line with something wrong in it, word by word, for those who know a cure. Plain data; nothing throws. */
import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../../rules/iptables/catalogue/definitions.ts';
import { findMatch } from '../../../rules/iptables/catalogue/matches.ts';
import { findValueFault } from '../../../rules/iptables/values/check.ts';
import { findGeneralOption } from '../../../rules/iptables/catalogue/options.ts';
import { findTarget } from '../../../rules/iptables/catalogue/targets.ts';
import type { Table, Word } from '../../../rules/iptables/nodes.ts';
import { abbreviated } from '../../../rules/iptables/parsing/abbreviations.ts';
import { protocolMatch } from '../../../rules/iptables/parsing/protocols.ts';
import { WordScanner } from '../../../rules/iptables/scanner/wordScanner.ts';
import type { Span } from '../../../text/span.ts';
import type { SyntaxFinding } from '../reporter.ts';

export type Extension = MatchDefinition | TargetDefinition;

/** A better line: what to write, as the end of the message, and the fix that writes it. */
export interface Cure {
  readonly hint: string;
  readonly title: string;
  readonly changes: readonly { readonly span: Span; readonly newText: string }[];
  /** As `Fix.certain`; not where it is left out. */
  readonly certain?: boolean;
}

/** `cure` of words that can mean nothing else. */
export function certainly<Given extends readonly unknown[]>(
  cure: (...given: Given) => Cure | null,
): (...given: Given) => Cure | null {
  return (...given) => {
    const found = cure(...given);
    return found === null ? null : { ...found, certain: true };
  };
}

export interface FaultyLine {
  readonly text: string;
  /** Without the line ending. */
  readonly start: number;
  readonly end: number;
  readonly words: readonly Word[];
  /** The word of the finding, as a place in `words`; -1 where it is none. */
  readonly at: number;
  /** Where the finding ends. */
  readonly faultEnd: number;
  readonly table: Table | null;
  readonly family: 4 | 6;
  readonly code: SyntaxFinding['code'];
}

/** Words of a line that are looked at: nobody writes more by hand. */
const MOST_WORDS = 120;

export function lineOf(text: string, finding: SyntaxFinding, table: Table | null): FaultyLine {
  const { start: from, end: faultEnd } = finding.at.span;
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const feed = text.indexOf('\n', from);
  const end = feed < 0 ? text.length : feed;
  const scanner = new WordScanner(text, start, end);
  const words: Word[] = [];
  while (words.length < MOST_WORDS && scanner.next()) words.push(canonical(scanner.word(), words));
  const at = words.findIndex((word) => from >= word.start && from < Math.max(word.end, word.start + 1));
  return { text, start, end, words, at, faultEnd, table, family: table?.family ?? 4, code: finding.code };
}

/** An option as it is called whatever its spelling, so that cures know it: `--jump` and `--jum` are `-j`. */
function canonical(word: Word, before: readonly Word[]): Word {
  if (!/^--?[a-z]/i.test(word.text)) return word;
  const option = findGeneralOption(word.text) ?? abbreviated(word.text, extensionsOf(before))?.option;
  return option === undefined ? word : { ...word, text: option.name };
}

/** The text of a word; empty beyond the ends. */
export function wordAt({ words }: FaultyLine, at: number): string {
  return words[at]?.text ?? '';
}

/** The matches and targets that the line loads, in order: by name, and by its protocol. */
export function loaded({ words }: FaultyLine): readonly Extension[] {
  return extensionsOf(words);
}

function extensionsOf(words: readonly Word[]): readonly Extension[] {
  return words.flatMap(({ text }, index): Extension[] => {
    const name = words[index + 1]?.text ?? '';
    const found =
      text === '-m'
        ? findMatch(name)
        : text === '-j'
          ? findTarget(name)
          : text === '-p'
            ? findMatch(protocolMatch(name))
            : null;
    return found === null ? [] : [found];
  });
}

/** What the catalogue knows of the option at `at`, general ones included. */
export function optionAt(line: FaultyLine, at: number): OptionDefinition | null {
  const name = wordAt(line, at);
  return findGeneralOption(name) ?? abbreviated(name, loaded(line))?.option ?? null;
}

/** Whether iptables takes `text` for a value of the option. */
export function takes({ family }: FaultyLine, option: OptionDefinition, text: string): boolean {
  return findValueFault(option, [{ text, start: 0, end: 0 }], family) === null;
}

/** The same of a value that iptables looks up on its machine, too. */
export function mayTake({ family }: FaultyLine, option: OptionDefinition, text: string): boolean {
  const fault = findValueFault(option, [{ text, start: 0, end: 0 }], family);
  return fault === null || fault.doubt !== null;
}

/** Writes `newText` for the words from `from` to `to`. */
export function rewritten(line: FaultyLine, from: number, to: number, newText: string): Cure['changes'] {
  const first = line.words[from];
  const last = line.words[to];
  if (first === undefined || last === undefined) return [];
  return [{ span: { start: first.start, end: last.end }, newText }];
}

/** Takes the words from `from` to `to` out, with the blank before. */
export function removed(line: FaultyLine, from: number, to: number): Cure['changes'] {
  const before = line.words[from - 1];
  const last = line.words[to];
  if (before === undefined || last === undefined) return [];
  return [{ span: { start: before.end, end: last.end }, newText: '' }];
}

/** Puts words before the word at `at`. */
export function inserted({ words }: FaultyLine, at: number, newText: string): Cure['changes'] {
  const start = words[at]?.start;
  return start === undefined ? [] : [{ span: { start, end: start }, newText: `${newText} ` }];
}

/** A cure that writes `newText` for one or more words, and says so. */
export function write(line: FaultyLine, from: number, to: number, newText: string, hint?: string): Cure {
  return {
    hint: hint ?? `Write "${newText}".`,
    title: `Write "${newText}"`,
    changes: rewritten(line, from, to, newText),
  };
}
