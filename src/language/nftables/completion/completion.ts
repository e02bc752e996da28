/** Completion of nftables: what fits behind the words of the statement before the cursor. */
import type { CompletionItem, CompletionList, Range } from 'vscode-languageserver-types';
import { families } from '../../../rules/nftables/catalogue/families.ts';
import { World } from '../../../rules/nftables/checks/world.ts';
import type { NamedAddress } from '../../completion/knownNames.ts';
import type { NftDocument } from '../nftDocument.ts';
import {
  commandWords,
  flowtableWords,
  headerWords,
  objectWords,
  setWords,
  tableWords,
} from './blockWords.ts';
import type { Offer } from './offers.ts';
import { type NftPlace, nftPlaceAt } from './place.ts';
import { ruleOffers } from './ruleWords.ts';

const MOST_ITEMS = 1_000;

/** `addresses`: of Services, endpoints and the node, as the catalog knows them. */
export function nftCompletions(
  document: NftDocument,
  offset: number,
  addresses: Iterable<NamedAddress>,
): CompletionList {
  const written = nftPlaceAt(document, offset);
  if (written === null) return { isIncomplete: false, items: [] };
  const whole = closed(document, offset, written.opened);
  const place = whole === document ? written : (nftPlaceAt(whole, offset) ?? written);
  const found = offersAt(whole, place, addresses)
    .filter((offer) => isTyped(offer, place))
    .slice(0, MOST_ITEMS);
  const once = new Map(found.toReversed().map((each) => [each.text, each]));
  const range = document.rangeOf({ start: place.start, end: offset });
  return {
    isIncomplete: false,
    items: [...once.values()].toReversed().map((each) => itemOf(each, place, range)),
  };
}

/** A brace that is open takes what stands below it for its own: the text as it is once they are closed. */
function closed(document: NftDocument, offset: number, opened: number): NftDocument {
  if (opened === 0 || document.nft.problems.length === 0) return document;
  const { text } = document;
  const mended = `${text.slice(0, offset)}${' }'.repeat(opened)}${text.slice(offset)}`;
  const other = document.withText(document.version, mended);
  return itemsOf(other) > itemsOf(document) ? other : document;
}

function itemsOf({ nft }: NftDocument): number {
  return nft.tables.reduce((sum, { items }) => sum + items.length, 0);
}

/** Whether it begins as what is typed does: in quotes, with `@`, with `$`. */
function isTyped({ text, isQuoted = false }: Offer, { typed, quoted }: NftPlace): boolean {
  const mark = /^[@$]/u.exec(typed)?.[0] ?? '';
  return quoted ? isQuoted : text.startsWith(mark);
}

/** `@blocked` is called so where no `@` is typed yet. */
function itemOf(
  { text, kind, detail, isQuoted = false }: Offer,
  { typed, quoted }: NftPlace,
  range: Range,
): CompletionItem {
  const isMarked = /^[@$]/u.test(text) && /^[@$]/u.test(typed);
  const newText = isQuoted && !quoted ? `"${text}"` : text;
  return {
    label: isMarked ? text.slice(1) : text,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(isMarked ? { filterText: text } : {}),
    textEdit: { range, newText },
  };
}

function worldOf({ nft }: NftDocument): World {
  return new World(nft);
}

function offersAt(
  document: NftDocument,
  place: NftPlace,
  addresses: Iterable<NamedAddress>,
): readonly Offer[] {
  const { told, table, item } = place;
  if (/(?:^| )comment$/u.test(told)) return [];
  if (table === null) return ofCommand(document, place, addresses);
  if (item === null || item.kind === 'unknown') return tableWords(told);
  const world = document.keptOfNft.of(worldOf);
  const scope = world.scope(`${table.family} ${table.name.text}`);
  if (item.kind === 'flowtable') return flowtableWords(told);
  if (item.kind === 'object') return objectWords(told, item.type);
  const hooks = item.kind === 'chain' ? scope.hooksOf(item.name.text) : [];
  const context = { document, place, family: table.family, scope, hooks, addresses };
  if (item.kind === 'chain') {
    const header = headerWords(told, table, item, place.start);
    return header !== null && told !== '' ? header : [...(header ?? []), ...ruleOffers(context)];
  }
  return place.inner === null ? setWords(told, item.kind) : ruleOffers(context);
}

/** `add rule inet filter input tcp dport` */
const RULE_COMMAND =
  /^(?:add|insert|replace) rule (?:(\w+) (?=[\w./-]+ [\w./-]+ ))?([\w./-]+) ([\w./-]+)(?: (?:handle|index|position) \d+)?(?: |$)/u;

function ofCommand(
  document: NftDocument,
  place: NftPlace,
  addresses: Iterable<NamedAddress>,
): readonly Offer[] {
  const named = RULE_COMMAND.exec(`${place.told} `);
  const [head = '', family = 'ip', table = '', chain = ''] = named ?? [];
  if (named === null || families.includes(table)) return commandWords(place.told, document);
  const cut = (words: string): string => words.slice(head.length);
  const inRule = { ...place, told: cut(place.told), outer: cut(place.outer) };
  const scope = document.keptOfNft.of(worldOf).scope(`${family} ${table}`);
  return ruleOffers({ document, place: inRule, family, scope, hooks: scope.hooksOf(chain), addresses });
}
