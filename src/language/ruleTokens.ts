/** HOT PATH: every word of a line with what it is, for colours. */
import type { ValueKind } from '../rules/iptables/catalogue/definitions.ts';
import type { Option, Rule, Statement, Table, Target, Word } from '../rules/iptables/nodes.ts';
import type { Span } from '../text/span.ts';
import { builtInChains } from '../rules/iptables/builtInChains.ts';
import { namesChain } from './targets.ts';

/** Names of VS Code's standard token types and modifiers, so that every theme colours them. */
export const semanticTokensLegend = {
  tokenTypes: [
    'namespace',
    'function',
    'class',
    'keyword',
    'variable',
    'property',
    'type',
    'operator',
    'number',
    'string',
    'enumMember',
  ],
  tokenModifiers: ['declaration', 'defaultLibrary', 'deprecated'],
};

const NAMESPACE = 0;
const FUNCTION = 1;
const CLASS = 2;
const KEYWORD = 3;
const VARIABLE = 4;
const PROPERTY = 5;
const TYPE = 6;
const OPERATOR = 7;
const NUMBER = 8;
const STRING = 9;
const ENUM_MEMBER = 10;
const DECLARATION = 1;
const DEFAULT_LIBRARY = 2;

/** A word and its type and modifiers, as the legend has them. */
export interface RuleToken extends Span {
  readonly type: number;
  readonly modifiers: number;
}

/** The words of one line in the order of the text; none for a comment and for what cannot be read. */
export function tokensOfLine(text: string, table: Table | null, statement: Statement): readonly RuleToken[] {
  switch (statement.kind) {
    case 'table':
      return [token(statement.name, NAMESPACE, DECLARATION)];
    case 'commit':
      return [token(statement, KEYWORD)];
    case 'chain':
      return table === null
        ? []
        : [
            token(statement.name, FUNCTION, DECLARATION | builtInBit(table, statement.name.text)),
            ...(statement.policy === null ? [] : [token(statement.policy, CLASS, DEFAULT_LIBRARY)]),
            ...(statement.counters === null ? [] : [token(statement.counters, NUMBER)]),
          ];
    case 'rule':
      return table === null ? [] : ruleTokens(text, table, statement);
    default:
      return [];
  }
}

function ruleTokens(text: string, table: Table, rule: Rule): readonly RuleToken[] {
  const found: RuleToken[] = [];
  if (rule.counters !== null) found.push(token(rule.counters, NUMBER));
  // `-A`, right before the chain
  const verb = wordBefore(text, rule.chain.start, rule.start);
  if (verb !== null) found.push(token(verb, KEYWORD));
  found.push(token(rule.chain, FUNCTION, builtInBit(table, rule.chain.text)));
  for (const option of [...rule.general, ...rule.unknown]) addOption(found, option);
  for (const match of rule.matches) {
    if (!match.implicit) found.push(token(firstWord(text, match), KEYWORD), token(match.name, TYPE));
    for (const option of match.options) addOption(found, option);
  }
  if (rule.target !== null) addTarget(found, text, table, rule.target);
  return found.sort((a, b) => a.start - b.start);
}

function addTarget(found: RuleToken[], text: string, table: Table, target: Target): void {
  const { name } = target;
  found.push(token(firstWord(text, target), KEYWORD));
  if (!namesChain(target, table)) found.push(token(name, CLASS, DEFAULT_LIBRARY));
  else {
    const declared = table.chains.has(name.text) || builtInBit(table, name.text) !== 0;
    found.push(token(name, declared ? FUNCTION : VARIABLE, builtInBit(table, name.text)));
  }
  for (const option of target.options) addOption(found, option);
}

function addOption(found: RuleToken[], { name, definition, negation, values }: Option): void {
  if (negation !== null) found.push(token(negation, OPERATOR));
  found.push(token(name, definition === null ? VARIABLE : PROPERTY));
  const type = typeOf(definition?.kind ?? null);
  for (const value of values) found.push(token(value, type));
}

const WORDS: ReadonlySet<ValueKind> = new Set([
  'protocol',
  'conntrackStates',
  'trackedStates',
  'conntrackStatuses',
  'tcpFlags',
  'icmpType',
  'icmpv6Type',
  'addressTypes',
  'packetType',
  'rejectWith',
  'weekDays',
  'keyword',
  'keywords',
  'dscpClass',
]);
const TEXTS: ReadonlySet<ValueKind> = new Set(['text', 'hexString', 'bytecode']);
const NAMES: ReadonlySet<ValueKind> = new Set(['interface', 'setMatch', 'owner', 'group', 'label', 'word']);

function typeOf(kind: ValueKind | null): number {
  if (kind === null) return STRING;
  if (kind === 'chain') return FUNCTION;
  if (TEXTS.has(kind)) return STRING;
  if (NAMES.has(kind)) return VARIABLE;
  return WORDS.has(kind) ? ENUM_MEMBER : NUMBER;
}

/** `-m`, `--match`: what stands first in a match or target. */
function firstWord(text: string, { start, name }: Span & { readonly name: Word }): Span {
  let end = start;
  while (end < name.start && text.charCodeAt(end) > 32) end++;
  return { start, end };
}

/** The word that ends before `offset`; null where none does behind `from`. */
function wordBefore(text: string, offset: number, from: number): Span | null {
  let end = offset;
  while (end > from && text.charCodeAt(end - 1) <= 32) end--;
  let start = end;
  while (start > from && text.charCodeAt(start - 1) > 32) start--;
  return start < end ? { start, end } : null;
}

function builtInBit(table: Table, chain: string): number {
  return builtInChains.get(table.name)?.has(chain) === true ? DEFAULT_LIBRARY : 0;
}

function token({ start, end }: Span, type: number, modifiers = 0): RuleToken {
  return { start, end, type, modifiers };
}
