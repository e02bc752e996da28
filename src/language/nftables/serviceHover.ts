/** Whose the chains and the elements of kube-proxy's tables are, and who has an address: from the catalog. */
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { explainNftablesPort } from '../../kubeproxy/explain/explainNftablesPort.ts';
import { explainedEndpoint } from '../../kubeproxy/explain/explainServiceChain.ts';
import type { Explanation } from '../../kubeproxy/explain/explanation.ts';
import { readPortChain } from '../../kubeproxy/modes/nftables/names.ts';
import { NFT } from '../../kubeproxy/nftSource.ts';
import type { Catalog } from '../../kubeproxy/services/catalog.ts';
import { frontendWords } from '../../kubeproxy/words/frontendWords.ts';
import type { Element, Expression } from '../../rules/nftables/expressions.ts';
import { eachExpression } from '../../rules/nftables/walk.ts';
import type { Span } from '../../text/span.ts';
import { formatAddress, parseAddress } from '../../values/address.ts';
import { explanationParts } from '../hover/explanationParts.ts';
import { ownersOf } from '../hover/addresses.ts';
import { code, escaped } from '../markdown.ts';
import type { NftDocument } from './nftDocument.ts';

/** Of a chain of a Service port: what it is called, what it balances over, who reaches it; none of another chain. */
export function chainServiceWords(
  analysis: Analysis,
  { table, name, span }: { readonly table: string; readonly name: string; readonly span: Span },
): readonly string[] {
  const at = { source: NFT, table, chain: name, index: 0, span };
  const port = analysis.catalog.ofRule(at);
  const explanation = port === null ? null : explainNftablesPort(port);
  if (port === null || explanation === null) return [];
  if (readPortChain(name)?.kind !== 'endpoint') return explained(explanation);
  const own = port.endpoints.filter(({ label }) => label === name);
  const endpoints = own.map((each) => explainedEndpoint(each, each.share === null));
  return [
    `**An endpoint of ${escaped(explanation.title)}**`,
    ...explanationParts({ ...explanation, endpoints, reachedBy: [], sentences: [], warnings: [] }),
  ];
}

function explained(explanation: Explanation): readonly string[] {
  const { title, summary } = explanation;
  return [
    `**${escaped(title)}**${summary === '' ? '' : ` ${escaped(summary)}`}`,
    ...explanationParts({ ...explanation, sentences: [] }),
  ];
}

/** What a place in a map, or an address, is of; null where nobody is known. */
export function placeHover(
  document: NftDocument,
  analysis: Analysis,
  offset: number,
): { readonly parts: readonly string[]; readonly span: Span } | null {
  const element = elementAt(document, offset);
  if (element !== null && isIn(element.element.key, offset)) {
    const parts = elementWords(analysis, element);
    if (parts.length > 0) return { parts, span: element.element.key };
  }
  const value = valueAt(document, offset);
  const address = value === null ? null : parseAddress(value.text);
  if (value === null || address === null) return null;
  const owners = ownersOf(analysis, formatAddress(address));
  return owners === '' ? null : { parts: [`${code(value.text)} is ${owners}.`], span: value };
}

interface PlacedElement {
  readonly table: string;
  readonly element: Element;
}

/** Of a table of kube-proxy: the frontend that an element is for, with what becomes of its packets. */
function elementWords(analysis: Analysis, { table, element }: PlacedElement): readonly string[] {
  if (!table.endsWith(' kube-proxy')) return [];
  return frontendsOf(analysis, element.key).flatMap(({ port, frontend }) => {
    const explanation = explainNftablesPort(port);
    return [
      `${escaped(frontendWords(frontend, null))} of **${escaped(port.name)}**`,
      ...(explanation === null ? [] : explanationParts({ ...explanation, reachedBy: [], sentences: [] })),
    ];
  });
}

/** By `10.96.0.1 . tcp . 443`, or `tcp . 30080` of a node port. */
function frontendsOf(analysis: Analysis, key: Expression): ReturnType<Catalog['frontendsAt']> {
  const values = (key.kind === 'concat' ? key.parts : [key]).map((part) =>
    part.kind === 'value' ? part.text : '',
  );
  const protocol = values.find((each) => PROTOCOLS.has(each));
  const address = values.map(parseAddress).find((each) => each !== null);
  const port = Number(values.findLast((each) => /^\d{1,5}$/u.test(each)) ?? NaN);
  if (protocol === undefined || !Number.isInteger(port)) return [];
  const own = address === undefined ? null : formatAddress(address);
  return analysis.catalog.frontendsAt(own, port, protocol);
}

const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

/** The element of a set, a map or a verdict map in braces that holds `offset`. */
function elementAt({ nft }: NftDocument, offset: number): PlacedElement | null {
  for (const { family, name, items, ...span } of nft.tables) {
    if (!isIn(span, offset)) continue;
    const table = `${family} ${name.text}`;
    const item = items.find((each) => isIn(each, offset));
    const element =
      item?.kind === 'set' || item?.kind === 'map'
        ? item.elements.find((each) => isIn(each, offset))
        : undefined;
    return element === undefined ? null : { table, element };
  }
  for (const { family, table, elements } of nft.commands) {
    const element = elements.find((each) => isIn(each, offset));
    if (element !== undefined && table !== null) return { table: `${family} ${table.text}`, element };
  }
  return null;
}

type Value = Extract<Expression, { kind: 'value' }>;

function valueAt({ nft }: NftDocument, offset: number): Value | null {
  let found: Value | null = null;
  const take = (expression: Expression): void => {
    if (expression.kind === 'value' && isIn(expression, offset)) found = expression;
  };
  for (const { items, ...span } of nft.tables) {
    const item = isIn(span, offset) ? items.find((each) => isIn(each, offset)) : undefined;
    if (item?.kind === 'chain') {
      for (const rule of item.rules)
        if (isIn(rule, offset)) for (const each of rule.statements) eachExpression(each, take);
    } else if (item?.kind === 'set' || item?.kind === 'map') {
      for (const each of item.elements) if (isIn(each, offset)) eachExpression(each, take);
    }
  }
  for (const { rule, elements, ...span } of nft.commands) {
    if (!isIn(span, offset)) continue;
    for (const each of rule?.statements ?? []) eachExpression(each, take);
    for (const each of elements) if (isIn(each, offset)) eachExpression(each, take);
  }
  return found;
}

function isIn({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
