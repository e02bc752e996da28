/** HOT PATH: semantic tokens of every word, as LSP encodes them. */
import type { Range } from 'vscode-languageserver-types';
import type { Listing } from '../rules/iptables/listing/listing.ts';
import type { Statement } from '../rules/iptables/nodes.ts';
import { mapped, type Steps } from '../values/steps.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { type RuleToken, tokensOfLine } from './ruleTokens.ts';
import { TokenEncoder } from './tokenEncoder.ts';

/** Lines beyond which only what is on the screen is coloured: more tokens than this slow an editor down. */
const MOST_LINES = 6_000;

/**
 * Tokens as LSP encodes them: five numbers each, relative to the one before. Null for a whole document that is too
 * large, for which an editor asks by range.
 */
export function* semanticTokens(document: RulesDocument, range: Range | null): Steps<number[] | null> {
  const statements = range === null ? document.statements : statementsOf(document, range);
  if (range === null && statements.length > MOST_LINES) return null;
  const encoder = new TokenEncoder(document);
  const { text, listing } = document.ruleset;
  yield* mapped(statements, (statement) => {
    const tokens = tokensOfLine(text, document.tableAt(statement.start), statement);
    for (const token of listing === null ? tokens : asWritten(tokens, listing)) encoder.add(token);
  });
  return encoder.data;
}

/** In the order in which a listing has them. */
function asWritten(tokens: readonly RuleToken[], { map }: Listing): readonly RuleToken[] {
  return tokens.toSorted((a, b) => map.before(a.start) - map.before(b.start));
}

function statementsOf(document: RulesDocument, { start, end }: Range): readonly Statement[] {
  return document.statementsIn({ start: document.offsetAt(start), end: document.offsetAt(end) });
}
