/** Semantic tokens of nftables: the words that names, selectors, values and statements are, of what the tree holds. */
import type { Range } from 'vscode-languageserver-types';
import type { Element, Expression } from '../../rules/nftables/expressions.ts';
import type { SetDefinition } from '../../rules/nftables/nodes.ts';
import { rulesIn } from '../../rules/nftables/rulesIn.ts';
import type { Statement } from '../../rules/nftables/statements.ts';
import { expressionsIn } from '../../rules/nftables/walk.ts';
import type { Span } from '../../text/span.ts';
import { mapped, type Steps } from '../../values/steps.ts';
import { type RuleToken, semanticTokensLegend } from '../ruleTokens.ts';
import { TokenEncoder } from '../tokenEncoder.ts';
import { type NameKind, namePlaces } from './names.ts';
import type { NftDocument } from './nftDocument.ts';

type TokenType = (typeof semanticTokensLegend.tokenTypes)[number];

const typesOfNames: Readonly<Record<NameKind, TokenType>> = {
  table: 'namespace',
  chain: 'function',
  set: 'class',
  object: 'class',
  flowtable: 'class',
  define: 'variable',
};

/** More characters than this are coloured by what is on the screen. */
const LARGE = 500_000;

/** As `semanticTokens` of iptables. */
export function* nftSemanticTokens(document: NftDocument, range: Range | null): Steps<number[] | null> {
  if (range === null && document.text.length > LARGE) return null;
  const within: Span =
    range === null
      ? { start: 0, end: document.text.length }
      : { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const names = namePlaces(document)
    .filter(({ span }) => touches(span, within))
    .map(({ kind, span, declares }) => token(span, typesOfNames[kind], declares));
  yield;
  const ofRules = yield* mapped(rulesIn(document.nft), (rule) =>
    touches(rule, within) ? rule.statements.flatMap((each) => tokensOf(document.text, each)) : [],
  );
  const tokens = [...names, ...ofRules.flat(), ...tokensOfSets(document, within)];
  const encoder = new TokenEncoder(document);
  for (const each of tokens.toSorted((one, other) => one.start - other.start)) encoder.add(each);
  return encoder.data;
}

function touches(span: Span, within: Span): boolean {
  return span.start <= within.end && span.end >= within.start;
}

function token({ start, end }: Span, type: TokenType, declares = false): RuleToken {
  return { start, end, type: semanticTokensLegend.tokenTypes.indexOf(type), modifiers: declares ? 1 : 0 };
}

/** Statements that begin with what they read of the packet. */
const withoutWord: ReadonlySet<string> = new Set(['match', 'vmap', 'set', 'unknown']);

function tokensOf(text: string, statement: Statement): readonly RuleToken[] {
  const found = tokensOfExpressions(text, statement);
  if (withoutWord.has(statement.kind)) return found;
  const end = endOfWord(text, statement.start);
  return [token({ start: statement.start, end }, 'keyword'), ...found];
}

function endOfWord(text: string, start: number): number {
  let end = start;
  while (/[a-z0-9_-]/iu.test(text.charAt(end))) end += 1;
  return end;
}

/** `$x` is coloured as a name, whatever it stands for. */
function tokensOfExpressions(text: string, node: Statement | Element): RuleToken[] {
  return expressionsIn(node).flatMap((each) => (text[each.start] === '$' ? [] : (tokenOf(each) ?? [])));
}

function tokenOf(expression: Expression): RuleToken | null {
  switch (expression.kind) {
    case 'value':
      return token(expression, typeOfValue(expression));
    case 'prefix':
      return token(expression, 'number');
    case 'payload':
    case 'raw':
    case 'meta':
    case 'ct':
    case 'rt':
    case 'socket':
    case 'osf':
    case 'ipsec':
    case 'fib':
    case 'option':
      return token(expression, 'property');
    case 'verdict':
      return token({ start: expression.start, end: expression.start + expression.verdict.length }, 'keyword');
    default:
      return null;
  }
}

function typeOfValue({ quoted, value, text }: Extract<Expression, { kind: 'value' }>): TokenType {
  if (quoted) return 'string';
  return typeof value === 'number' || /^[\da-f]*[.:]/iu.test(text) ? 'number' : 'enumMember';
}

function tokensOfSets(document: NftDocument, within: Span): readonly RuleToken[] {
  const sets = document.nft.tables
    .flatMap(({ items }) => items)
    .filter((item): item is SetDefinition => item.kind === 'set' || item.kind === 'map');
  return sets
    .filter((set) => touches(set, within))
    .flatMap(({ type, data, elements }) => [
      ...(type === null ? [] : typesIn(type.of)),
      ...(data === null ? [] : typesIn(data)),
      ...elements
        .filter((each) => touches(each, within))
        .flatMap((each) => tokensOfExpressions(document.text, each)),
    ]);
}

/** `ipv4_addr . inet_service`; of `typeof` the selectors. */
function typesIn(expression: Expression): readonly RuleToken[] {
  return expressionsIn(expression).flatMap((each) =>
    each.kind === 'value' ? [token(each, 'type')] : (tokenOf(each) ?? []),
  );
}
