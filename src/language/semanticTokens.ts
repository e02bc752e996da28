/**
 * HOT PATH: semantic tokens, for what the grammar cannot know: whether the word after `-j` is a chain of this table, one
 * that nobody declares, or an extension, and which chains are built in.
 */
import type { Range } from 'vscode-languageserver-types';
import type { Rule, Statement, Table, Word } from '../rules/iptables/nodes.ts';
import { builtInChains } from './chains.ts';
import { mapped, type Steps } from '../values/steps.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { namesChain } from './targets.ts';

/** Names of VS Code's standard token types and modifiers, so that every theme colours them. */
export const semanticTokensLegend = {
  tokenTypes: ['namespace', 'function', 'class', 'keyword', 'variable'],
  tokenModifiers: ['declaration', 'defaultLibrary', 'deprecated'],
};

const FUNCTION = 1;
const CLASS = 2;
const VARIABLE = 4;
const DECLARATION = 1;
const DEFAULT_LIBRARY = 2;

/** Rules beyond which only what is on the screen is coloured: more tokens than this slow an editor down. */
const MOST_RULES = 20_000;

/**
 * Tokens as LSP encodes them: five numbers each, relative to the one before. Null for a whole document that is too
 * large, for which an editor asks by range.
 */
export function* semanticTokens(document: RulesDocument, range: Range | null): Steps<number[] | null> {
  const statements = range === null ? document.ruleset.statements : statementsOf(document, range);
  if (range === null && statements.length > MOST_RULES) return null;
  const encoder = new TokenEncoder(document);
  yield* mapped(statements, (statement) => addTokens(encoder, document, statement));
  return encoder.data;
}

function statementsOf(document: RulesDocument, { start, end }: Range): readonly Statement[] {
  return document.statementsIn({ start: document.offsetAt(start), end: document.offsetAt(end) });
}

function addTokens(encoder: TokenEncoder, document: RulesDocument, statement: Statement): void {
  if (statement.kind !== 'chain' && statement.kind !== 'rule') return;
  const table = document.tableAt(statement.start);
  if (table === null) return;
  if (statement.kind === 'chain') {
    encoder.add(statement.name, FUNCTION, DECLARATION | builtInBit(table, statement.name.text));
    return;
  }
  // `-j ACCEPT -A INPUT` is a rule, too.
  const targetFirst = statement.target !== null && statement.target.name.start < statement.chain.start;
  if (targetFirst) addTarget(encoder, table, statement.target);
  encoder.add(statement.chain, FUNCTION, builtInBit(table, statement.chain.text));
  if (!targetFirst) addTarget(encoder, table, statement.target);
}

function addTarget(encoder: TokenEncoder, table: Table, target: Rule['target']): void {
  if (target === null) return;
  const { name } = target;
  if (!namesChain(target, table)) {
    encoder.add(name, CLASS, DEFAULT_LIBRARY);
    return;
  }
  const declared = table.chains.has(name.text) || builtInBit(table, name.text) !== 0;
  encoder.add(name, declared ? FUNCTION : VARIABLE, builtInBit(table, name.text));
}

function builtInBit(table: Table, chain: string): number {
  return builtInChains.get(table.name)?.has(chain) === true ? DEFAULT_LIBRARY : 0;
}

class TokenEncoder {
  readonly data: number[] = [];
  readonly #document: RulesDocument;
  #line = 0;
  #character = 0;

  constructor(document: RulesDocument) {
    this.#document = document;
  }

  /** In the order of the text. An empty word (`-j ""`) has nothing to colour. */
  add(word: Word, type: number, modifiers: number): void {
    if (word.end === word.start) return;
    const { start, end } = this.#document.rangeOf(word);
    const { line, character } = start;
    const length = end.character - character;
    // Of a listing's row the chain stands in another line.
    if (end.line !== line || length <= 0) return;
    const sameLine = line === this.#line;
    this.data.push(
      line - this.#line,
      sameLine ? character - this.#character : character,
      length,
      type,
      modifiers,
    );
    this.#line = line;
    this.#character = character;
  }
}
