/** *Expand Selection* in a text of nftables. */
import type { SelectionRange } from 'vscode-languageserver-types';
import type { Chain, Table, TableItem } from '../../rules/nftables/nodes.ts';
import { Tokens } from '../../rules/nftables/parsing/tokens.ts';
import type { Rule, Statement } from '../../rules/nftables/statements.ts';
import { eachExpression } from '../../rules/nftables/walk.ts';
import { type Span, touches } from '../../text/span.ts';
import { nestedRanges } from '../selectionRanges.ts';
import type { NftDocument } from './nftDocument.ts';

/** From within: the word, the value or selector, the statement, the rule, all rules of the chain, the block, the table, the text. */
export function nftSelectionRange(document: NftDocument, offset: number): SelectionRange {
  const { nft } = document;
  const table = nft.tables.find((each) => touches(each, offset));
  const command = nft.commands.find((each) => touches(each, offset));
  const spans = [
    ...wordsAt(nft.text, offset),
    ...(table === undefined ? [] : inTable(table, offset)),
    ...(command?.rule == null ? [] : inRule(command.rule, offset)),
    ...(command === undefined ? [] : [command]),
    { start: 0, end: nft.text.length },
  ];
  return nestedRanges(document, offset, spans);
}

/** The word at `offset` in its line; of one in quotes what stands in them first. */
function wordsAt(text: string, offset: number): readonly Span[] {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const tokens = new Tokens(text.slice(start, end < 0 ? text.length : end));
  for (let at = 0; tokens.kindAt(at) !== 'end'; at += 1) {
    const span = { start: start + tokens.startAt(at), end: start + tokens.endAt(at) };
    if (tokens.kindAt(at) === 'sign' || !touches(span, offset)) continue;
    return tokens.kindAt(at) === 'string' ? [{ start: span.start + 1, end: span.end - 1 }, span] : [span];
  }
  return [];
}

function inTable(table: Table, offset: number): readonly Span[] {
  const item = table.items.find((each) => touches(each, offset));
  return item === undefined ? [table] : [...inItem(item, offset), item, table];
}

function inItem(item: TableItem, offset: number): readonly Span[] {
  if (item.kind === 'chain') return inChain(item, offset);
  if (item.kind !== 'set' && item.kind !== 'map') return [];
  const element = item.elements.find((each) => touches(each, offset));
  if (element === undefined) return [];
  const [first = element, last = element] = [item.elements[0], item.elements.at(-1)];
  return [...expressionsAt(element, offset), element, { start: first.start, end: last.end }];
}

function inChain({ base, rules }: Chain, offset: number): readonly Span[] {
  if (base !== null && touches(base, offset)) return [base.type, base.hook, base.priority, base];
  const rule = rules.find((each) => touches(each, offset));
  if (rule === undefined) return [];
  const [first = rule, last = rule] = [rules[0], rules.at(-1)];
  return [...inRule(rule, offset), { start: first.start, end: last.end }];
}

function inRule(rule: Rule, offset: number): readonly Span[] {
  const statement = rule.statements.find((each) => touches(each, offset));
  if (statement === undefined) return [rule];
  const inner =
    statement.kind === 'verdict' ? statement.rules?.find((each) => touches(each, offset)) : undefined;
  const within = inner === undefined ? expressionsAt(statement, offset) : inRule(inner, offset);
  return [...within, statement, rule];
}

/** Those that hold `offset`, the inner ones first. */
function expressionsAt(
  node: Statement | Parameters<typeof eachExpression>[0],
  offset: number,
): readonly Span[] {
  const found: Span[] = [];
  eachExpression(node, (each) => {
    if (touches(each, offset)) found.push(each);
  });
  return found.toSorted((one, other) => one.end - one.start - (other.end - other.start));
}
