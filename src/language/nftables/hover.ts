/** Hovers of nftables. */
import type { Hover } from 'vscode-languageserver-types';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import type { Element, Expression } from '../../rules/nftables/expressions.ts';
import { guessNftOwner } from '../../kubeproxy/nftOwners.ts';
import { priorityNumber } from '../../rules/nftables/catalogue/priorities.ts';
import type { Chain, NamedObject, SetDefinition, Table } from '../../rules/nftables/nodes.ts';
import { printElement, printExpression } from '../../rules/nftables/printing/expressions.ts';
import { rulesIn } from '../../rules/nftables/rulesIn.ts';
import { expressionsIn } from '../../rules/nftables/walk.ts';
import type { Span } from '../../text/span.ts';
import { code, paragraphs } from '../markdown.ts';
import { counted, listed } from '../words.ts';
import { type NamePlace, namePlaceAt, namePlaces, sameName } from './names.ts';
import type { NftDocument } from './nftDocument.ts';
import { chainServiceWords, placeHover } from './serviceHover.ts';
import { setTitle } from './titles.ts';
import { typeMeanings } from './typeMeanings.ts';
import { blockMeanings, hookMeanings, selectorMeaning, statementMeanings } from './vocabulary.ts';

/** Null where nothing is to be said of the word at `offset`. */
export function nftHover(document: NftDocument, analysis: Analysis, offset: number): Hover | null {
  const place = namePlaceAt(document, offset);
  if (place !== null) {
    const ofService = place.kind === 'chain' ? chainServiceWords(analysis, place) : [];
    return shown(document, [...ofService, ...nameWords(document, place)], place.span);
  }
  const ofPlace = placeHover(document, analysis, offset);
  if (ofPlace !== null) return shown(document, ofPlace.parts, ofPlace.span);
  const selector = selectorAt(document, offset);
  if (selector !== null) {
    const words = document.text.slice(selector.start, selector.end).split(/\s+/u);
    const meaning = selectorMeaning(words);
    if (meaning !== null) return shown(document, [meaning], selector);
  }
  const word = wordAt(document.text, offset);
  const meaning = word === null ? null : wordMeaning(document.text.slice(word.start, word.end));
  return word === null || meaning === null ? null : shown(document, [meaning], word);
}

function shown(document: NftDocument, parts: readonly (string | null)[], span: Span): Hover | null {
  const value = paragraphs(parts);
  return value === '' ? null : { contents: { kind: 'markdown', value }, range: document.rangeOf(span) };
}

function wordMeaning(word: string): string | null {
  const hook = own(hookMeanings, word);
  if (hook !== null) return `Hook \`${word}\`: ${hook}.`;
  const type = own(typeMeanings, word);
  if (type !== null && word.includes('_')) return `Type \`${word}\`: ${type}.`;
  return own(statementMeanings, word) ?? own(blockMeanings, word);
}

function own(meanings: Readonly<Record<string, string>>, word: string): string | null {
  return Object.hasOwn(meanings, word) ? (meanings[word] ?? null) : null;
}

/** The word that holds `offset`; none within quotes or comments. */
function wordAt(text: string, offset: number): Span | null {
  let start = offset;
  let end = offset;
  while (start > 0 && isOfWord(text, start - 1)) start -= 1;
  while (end < text.length && isOfWord(text, end)) end += 1;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const quotes = line.split('"').length - 1;
  if (start === end || quotes % 2 === 1 || line.includes('#')) return null;
  return { start, end };
}

function isOfWord(text: string, at: number): boolean {
  return /[\w-]/u.test(text.charAt(at));
}

const selectors: ReadonlySet<string> = new Set(['payload', 'meta', 'ct', 'fib', 'option']);

function selectorAt(document: NftDocument, offset: number): Span | null {
  for (const rule of rulesIn(document.nft)) {
    if (offset < rule.start || offset > rule.end) continue;
    const found = rule.statements
      .flatMap((statement) => expressionsIn(statement))
      .find((each) => selectors.has(each.kind) && each.start <= offset && offset <= each.end);
    if (found !== undefined) return found;
  }
  return null;
}

function nameWords(document: NftDocument, place: NamePlace): readonly (string | null)[] {
  const title = `**${place.kind === 'set' ? setKind(document, place) : place.kind} ${code(place.name)}**`;
  switch (place.kind) {
    case 'table':
      return [title, ...tableWords(document, place)];
    case 'chain':
      return [title, ...chainWords(document, place)];
    case 'set':
      return [title, ...setWords(document, place)];
    case 'define':
      return [title, defineWords(document, place)];
    case 'flowtable':
      return [title, blockMeanings['flowtable'] ?? null];
    default:
      return [title, objectWords(document, place)];
  }
}

function tablesOf({ nft }: NftDocument, table: string): readonly Table[] {
  return nft.tables.filter(({ family, name }) => `${family} ${name.text}` === table);
}

function tableWords(document: NftDocument, { table }: NamePlace): readonly (string | null)[] {
  const tables = tablesOf(document, table);
  const items = tables.flatMap((each) => each.items);
  const isDormant = tables.some(({ flags }) => flags.includes('dormant'));
  return [
    ownerWords(table),
    `Family ${code(table.split(' ')[0] ?? '')}: ${counted(items.filter(({ kind }) => kind === 'chain').length, 'chain')}, ${counted(items.filter(({ kind }) => kind === 'set' || kind === 'map').length, 'set or map', 'sets and maps')}.`,
    isDormant ? 'It is dormant: no packet comes to its chains.' : null,
  ];
}

function itemNamed<Kind extends 'chain' | 'set' | 'map' | 'object'>(
  document: NftDocument,
  { table, name }: NamePlace,
  kinds: readonly Kind[],
): Extract<Table['items'][number], { kind: Kind }> | null {
  const wanted: readonly string[] = kinds;
  const found = itemsOf(document, table).find(
    (item): item is Extract<Table['items'][number], { kind: Kind }> =>
      item.kind !== 'unknown' && wanted.includes(item.kind) && item.name.text === name,
  );
  return found ?? null;
}

function itemsOf(document: NftDocument, table: string): readonly Table['items'][number][] {
  const made = document.nft.commands.flatMap(({ item, family, table: word }) =>
    item !== null && word !== null && `${family} ${word.text}` === table ? [item] : [],
  );
  return [...tablesOf(document, table).flatMap(({ items }) => items), ...made];
}

function chainWords(document: NftDocument, place: NamePlace): readonly (string | null)[] {
  const chain = itemNamed(document, place, ['chain']);
  if (chain === null) return ['It is not declared in this text.'];
  return [
    ownerWords(place.table),
    hookWords(chain, place.table.split(' ')[0] ?? ''),
    jumpWords(document, place, chain),
  ];
}

function hookWords({ base, policy, rules }: Chain, family: string): string {
  const count = counted(rules.length, 'rule');
  if (base === null) return `${count}; packets come to it by jumps only.`;
  const hook = own(hookMeanings, base.hook.text) ?? base.hook.text;
  const number = priorityNumber(family, base.priority);
  const ends = policy?.text === 'drop' ? 'are dropped' : 'go on';
  return `Type ${code(base.type.text)}, at hook ${code(base.hook.text)}: ${hook}. Priority ${number ?? '?'}${number === null ? '' : orderWords(number)}. ${count}; packets that none decides on ${ends}.`;
}

/** A guess by the name of the table. */
function ownerWords(table: string): string | null {
  const owner = guessNftOwner(table);
  if (owner === null) return null;
  return owner.name === 'kube-proxy'
    ? owner.about
    : `Looks like ${owner.name}’s, by its name. ${owner.about}`;
}

/** The kernel’s own stages that a priority stands between (include/uapi/linux/netfilter_ipv4.h). */
function orderWords(priority: number): string {
  if (priority < -200) return ', before connection tracking';
  if (priority < -100) return ', behind connection tracking, before destinations are translated';
  if (priority < 0) return ', before the filter';
  if (priority === 0) return ', where the filter stands';
  return priority < 100 ? ', behind the filter' : ', where sources are translated or behind that';
}

const MOST_NAMED = 6;

function jumpWords(document: NftDocument, place: NamePlace, { base }: Chain): string | null {
  const from = sameName(document, place).filter(({ declares }) => !declares);
  if (from.length === 0) return base === null ? 'Nothing in this text leads to it.' : null;
  const owners = from.flatMap(({ span }) => ownerOf(document, place.table, span) ?? []);
  const names = [...new Set(owners)].map((each) => code(each));
  return `Led to from ${counted(from.length, 'place')}: ${listed(names, MOST_NAMED)}.`;
}

/** The chain, set or map in which a place stands. */
function ownerOf(document: NftDocument, table: string, { start }: Span): string | null {
  const owner = itemsOf(document, table).find((item) => item.start <= start && start < item.end);
  return owner === undefined || owner.kind === 'unknown' ? null : owner.name.text;
}

function setKind(document: NftDocument, place: NamePlace): string {
  return itemNamed(document, place, ['set', 'map'])?.kind ?? 'set';
}

const MOST_ELEMENTS = 5;

function setWords(document: NftDocument, place: NamePlace): readonly (string | null)[] {
  const set = itemNamed(document, place, ['set', 'map']);
  if (set === null) return ['It is not declared in this text.'];
  const elements = [...set.elements, ...addedTo(document, place)];
  return [
    code(setTitle({ ...set, elements })),
    elements.length === 0 ? null : listed(elements.slice(0, 50).map(elementWords), MOST_ELEMENTS),
    flagWords(set),
  ];
}

function addedTo({ nft }: NftDocument, { table, name }: NamePlace): readonly Element[] {
  return nft.commands.flatMap((each) =>
    each.object === 'element' &&
    each.target?.text === name &&
    `${each.family} ${each.table?.text ?? ''}` === table
      ? each.elements
      : [],
  );
}

const LONGEST = 120;

function elementWords(element: Element): string {
  return code(printElement(element).slice(0, LONGEST));
}

function flagWords({ flags, timeout }: SetDefinition): string | null {
  const words = [
    flags.includes('interval') ? 'holds ranges and prefixes' : null,
    flags.includes('dynamic') ? 'is filled by rules' : null,
    timeout === null ? null : `forgets elements after ${timeout} s`,
  ].filter((each) => each !== null);
  return words.length === 0 ? null : `It ${listed(words)}.`;
}

function defineWords(document: NftDocument, { name, span }: NamePlace): string {
  const all = document.nft.defines.filter((each) => each.name.text === name);
  const define = all.findLast((each) => each.start <= span.start) ?? all[0];
  if (define === undefined) return 'It is not defined in this text; an included file may define it.';
  return define.value === null ? 'Its value was not understood.' : code(valueWords(define.value));
}

function valueWords(value: Expression): string {
  return printExpression(value).slice(0, 4 * LONGEST);
}

function objectWords(document: NftDocument, place: NamePlace): string | null {
  const object: NamedObject | null = itemNamed(document, place, ['object']);
  const uses = namePlaces(document).filter(
    (each) =>
      each.kind === 'object' && each.name === place.name && each.table === place.table && !each.declares,
  );
  const type = object === null ? 'It is not declared in this text' : `A named ${object.type}`;
  return `${type}; used in ${counted(uses.length, 'place')}.`;
}
