/** Where in a line the cursor stands, by the words before it: what may be completed there. */
import { lookup } from '../../text/lookup.ts';
import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { findGeneralOption } from '../../rules/iptables/catalogue/options.ts';
import type { Table } from '../../rules/iptables/nodes.ts';
import { readRuleBody, type RuleBody } from '../../rules/iptables/parsing/ruleBody.ts';
import { WordScanner } from '../../rules/iptables/scanner/wordScanner.ts';
import type { Span } from '../../text/span.ts';
import type { RulesDocument } from '../rulesDocument.ts';
import { lastToken, type Token, tokensOf } from './tokens.ts';

/** What is typed of the word at the cursor, and where that begins. */
interface Typed {
  readonly typed: string;
  readonly start: number;
  /** The word was begun with a quote that nothing closed yet. */
  readonly quoted: boolean;
}

/** A place behind the first word of a rule. */
export interface RulePlace extends Typed {
  readonly table: Table;
  /** The line up to the word at the cursor, read. */
  readonly body: RuleBody;
  readonly tokens: readonly Token[];
  /** The line as far as it is read. */
  readonly line: Span;
}

export type Place =
  /** Outside of tables (`table` null), or at the beginning of a line in one. */
  | (Typed & { readonly kind: 'line'; readonly table: Table | null })
  /** `:NAME`, `:INPUT POLICY` */
  | (Typed & { readonly kind: 'declaration' | 'policy'; readonly table: Table; readonly chain: string })
  /** Behind `-A`, `-m`, `-j`, `-g`, or where an option may stand. */
  | (RulePlace & { readonly kind: 'chain' | 'match' | 'jump' | 'goto' })
  | (RulePlace & { readonly kind: 'option'; readonly negated: boolean })
  | ValuePlace;

/** Among the values of an option. */
export interface ValuePlace extends RulePlace {
  readonly kind: 'value';
  readonly option: OptionDefinition;
  /** Which of its values, from 0. */
  readonly index: number;
}

const structural: Readonly<Record<string, 'chain' | 'match' | 'jump' | 'goto'>> = lookup({
  '-A': 'chain',
  '-I': 'chain',
  '-D': 'chain',
  '-R': 'chain',
  '-m': 'match',
  '-j': 'jump',
  '-g': 'goto',
});

/** The place of `offset`; null where nothing is completed: in a comment line, in a text that is no rules. */
export function placeAt(document: RulesDocument, offset: number): Place | null {
  const table = document.tableAt(offset);
  const lineStart = document.offsetAt({ line: document.lines.positionAt(offset).line, character: 0 });
  const before = document.ruleset.text.slice(lineStart, offset);
  if (/^\s*#/.test(before)) return null;
  const { format } = document.ruleset;
  const isRules = format === 'save' || format === 'commands' || format === 'empty';
  // The first letter of a first table does not make rules of a text yet.
  if (!isRules && !/^\*\w*$/.test(before)) return null;
  if (before.startsWith(':')) return table === null ? null : declarationPlace(table, before, offset);
  // `[12:3456] -A …`
  const counters = /^\s*(?:\[[^\]]*\]\s*)?/.exec(before)?.[0].length ?? 0;
  const words = new WordScanner(document.ruleset.text, lineStart + counters, offset);
  let previous = { end: lineStart, text: '', before: '' };
  while (words.next()) {
    if (words.end === offset && (words.unterminated || !words.quoted)) {
      const quote = words.unterminated ? document.ruleset.text.indexOf('"', words.start) + 1 : words.start;
      const typed = {
        typed: document.ruleset.text.slice(quote, offset),
        start: quote,
        quoted: words.unterminated,
      };
      return placeOf(document, table, { start: lineStart, end: words.start }, previous, typed);
    }
    previous = { end: words.end, text: words.text, before: previous.text };
  }
  const typed = { typed: '', start: offset, quoted: false };
  return placeOf(document, table, { start: lineStart, end: offset }, previous, typed);
}

function declarationPlace(table: Table, before: string, offset: number): Place | null {
  // `:INPUT DR` → `INPUT`, `DR`
  const [, chain = '', gap = '', word = '', rest = ''] = /^:(\S*)(\s*)(\S*)(.*)$/.exec(before) ?? [];
  if (rest !== '') return null;
  const typed = gap === '' ? chain : word;
  const place = { typed, start: offset - typed.length, quoted: false, table, chain };
  return { ...place, kind: gap === '' ? 'declaration' : 'policy' };
}

interface Previous {
  readonly text: string;
  /** The word before that. */
  readonly before: string;
}

function placeOf(
  document: RulesDocument,
  table: Table | null,
  line: Span,
  previous: Previous,
  typed: Typed,
): Place | null {
  if (previous.text === '') return { ...typed, kind: 'line', table };
  if (table === null) return null;
  const body = readRuleBody(document.ruleset.text, line.start, line.end);
  const place = { ...typed, table, body, tokens: tokensOf(body), line };
  const kind = structural[findGeneralOption(previous.text)?.name ?? ''];
  if (kind !== undefined && previous.before !== '!') return { ...place, kind };
  return valuePlace(place, previous) ?? { ...place, kind: 'option', negated: previous.text === '!' };
}

/** Null where the option before has all its values. */
function valuePlace(place: RulePlace, previous: Previous): ValuePlace | null {
  const last = lastToken(place.tokens);
  if (last === null || last.definition === null) return null;
  const { definition, values } = last;
  if (definition.kind === null) return null;
  // `-s ! 10.0.0.0/8`, the old style: where nothing follows yet, the `!` is read as the value.
  const isOld = definition.negatable && previous.text === '!' && previous.before === last.word;
  if (isOld) return { ...place, kind: 'value', option: definition, index: 0 };
  const isLast = previous.text === (values.at(-1) ?? last.word);
  if (values.length >= definition.values || !isLast) return null;
  return { ...place, kind: 'value', option: definition, index: values.length };
}
