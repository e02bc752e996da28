import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Option, Rule } from '../../rules/iptables/nodes.ts';

/** What a rule is made of, one after the other: an option with its values, or `-m NAME`, `-j NAME`. */
export interface Token {
  readonly start: number;
  /** `--dport`, `-m tcp`, `-j` */
  readonly name: string;
  /** As written. */
  readonly word: string;
  readonly values: readonly string[];
  readonly negated: boolean;
  /** Null for `-m`, `-j` and `-g`, and for an option that nobody knows. */
  readonly definition: OptionDefinition | null;
}

/** The longest value that is looked at: no option of iptables takes more than a comment of 255 bytes, but for programs and tests of bytes. */
const LONGEST = 256;

type RuleParts = Pick<Rule, 'general' | 'matches' | 'target' | 'unknown'>;

/** The tokens of a rule, or of the beginning of one, in the order of the text. */
export function tokensOf({ general, matches, target, unknown }: RuleParts): readonly Token[] {
  const tokens = [...general, ...unknown].map(optionToken);
  for (const match of matches) {
    if (!match.implicit)
      tokens.push(extensionToken(match.start, `-m ${canonicalName(match)}`, '-m', match.name.text));
    for (const option of match.options) tokens.push(optionToken(option));
  }
  if (target !== null) {
    const letter = target.kind === 'goto' ? '-g' : '-j';
    tokens.push(extensionToken(target.start, letter, letter, canonicalName(target)));
    for (const option of target.options) tokens.push(optionToken(option));
  }
  return tokens.sort((a, b) => a.start - b.start);
}

/** The token behind which a line goes on; null at its beginning. */
export function lastToken(tokens: readonly Token[]): Token | null {
  return tokens.at(-1) ?? null;
}

function optionToken(option: Option): Token {
  return {
    start: option.start,
    name: canonicalName(option),
    word: option.name.text,
    values: option.values.map(({ text }) => text.slice(0, LONGEST)),
    negated: option.negation !== null,
    definition: option.definition,
  };
}

function extensionToken(start: number, name: string, word: string, value: string): Token {
  return { start, name, word, values: [value], negated: false, definition: null };
}
