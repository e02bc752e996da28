/** What may stand at a place of a rule, as an editor takes it. */
import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  InsertTextFormat,
  type Range,
} from 'vscode-languageserver-types';
import { printValue } from '../../rules/iptables/printer.ts';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import { type Candidate, ranked } from './candidates.ts';
import { chainLists, declarationList, jumpLists } from './chainItems.ts';
import { candidateNames } from './candidateNames.ts';
import { type CompletionRequest, PlaceContext } from './context.ts';
import { type ItemData, itemData } from './itemData.ts';
import { isRuleStart, matchLists, optionLists } from './optionItems.ts';
import { type Place, placeAt } from './place.ts';
import { snippetsOf } from './snippets.ts';
import { listPart, valueLists } from './valueItems.ts';

/** Items that are told whose they are: more are not on the screen. */
const NAMED = 30;

type Lists = readonly Iterable<Candidate>[];

/**
 * What may stand at `offset`, the likeliest first. Always incomplete: what is likely depends on every letter, and of
 * tens of thousands of chains only those that fit are sent. `snippets`: whether the editor takes tab stops.
 */
export function completionsAt(request: CompletionRequest, snippets: boolean): CompletionList {
  const isListing = request.document.ruleset.listing !== null;
  const place = isListing ? null : placeAt(request.document, request.offset);
  return { isIncomplete: place !== null, items: place === null ? [] : itemsOf(request, place, snippets) };
}

function itemsOf(request: CompletionRequest, place: Place, snippets: boolean): CompletionItem[] {
  const part = place.kind === 'value' ? listPart(place) : null;
  const typed = part?.typed ?? place.typed;
  const before = new Set(part?.before ?? []);
  const found = ranked(listsOf(request, place), typed).filter(({ text }) => !before.has(text));
  const extra = snippets ? snippetList(place).filter(({ text }) => text.startsWith(typed.toLowerCase())) : [];
  const range = request.document.rangeOf({ start: request.offset - typed.length, end: request.offset });
  const names = candidateNames(request, place);
  return [...found, ...extra].map((each, index) => {
    const named = index < NAMED ? names(each) : each;
    return {
      ...itemOf(place, named, range, newTextOf(request, place, named)),
      sortText: String(index).padStart(4, '0'),
      data: itemData(request.document.uri, place, named) satisfies ItemData,
    };
  });
}

function listsOf(request: CompletionRequest, place: Place): Lists {
  switch (place.kind) {
    case 'line':
      return place.table === null ? [tableNames] : [lineBeginnings];
    case 'declaration':
      return [declarationList(place.table)];
    case 'policy':
      return [builtInChains.get(place.table.name)?.has(place.chain) === true ? policies : [NO_POLICY]];
    case 'chain':
      return chainLists(new PlaceContext(request, place));
    case 'match':
      return matchLists(new PlaceContext(request, place));
    case 'jump':
    case 'goto':
      return jumpLists(new PlaceContext(request, place), place.kind === 'jump');
    case 'option':
      return optionLists(new PlaceContext(request, place), place.negated);
    default:
      return valueLists(new PlaceContext(request, place));
  }
}

function snippetList(place: Place): readonly Candidate[] {
  if (place.kind === 'line') return place.table === null ? [] : snippetsOf(place.table, true);
  return place.kind === 'option' && isRuleStart(place) ? snippetsOf(place.table, false) : [];
}

const word = (text: string, detail: string): Candidate => ({
  text,
  kind: CompletionItemKind.Keyword,
  detail,
});

const tableNames = [...builtInChains.keys()].map((name) => word(`*${name}`, `The rules of table ${name}.`));
const lineBeginnings = [
  word('-A', 'Appends a rule to a chain.'),
  word(':', 'Declares a chain.'),
  word('COMMIT', 'Ends the table and loads it.'),
  word('-I', 'Inserts a rule at the front of a chain.'),
];
const policies = [
  word('ACCEPT', 'What no rule decides about goes on.'),
  word('DROP', 'What no rule decides about is thrown away.'),
];
const NO_POLICY = word('-', 'A chain of your own has no policy: what no rule decides about returns.');

function itemOf(place: Place, each: Candidate, range: Range, newText: string): CompletionItem {
  const { text, kind, detail, names } = each;
  const isValue =
    place.kind === 'value' || place.kind === 'jump' || place.kind === 'goto' || place.kind === 'chain';
  const described =
    detail === undefined ? {} : isValue ? { labelDetails: { description: detail } } : { detail };
  return {
    label: text,
    kind,
    ...described,
    // What is found by another name than its own has to hold it for the editor, too.
    ...(names === undefined ? {} : { filterText: `${text} ${names}` }),
    ...(each.snippet === undefined ? {} : { insertTextFormat: InsertTextFormat.Snippet }),
    textEdit: { range, newText },
  };
}

/** Free text in quotes, where it needs them; what the quotes around the cursor lack. */
function newTextOf(
  { document, offset }: CompletionRequest,
  place: Place,
  { text, snippet }: Candidate,
): string {
  if (snippet !== undefined) return snippet;
  if (place.kind !== 'value') return text;
  if (!place.quoted) return place.option.kind === 'text' ? printValue('text', text) : text;
  const end = document.ruleset.text.indexOf('\n', offset);
  const rest = document.ruleset.text.slice(offset, end < 0 ? undefined : end);
  const inner = text.replaceAll(/["'\\]/g, String.raw`\$&`);
  return rest.includes('"') ? inner : `${inner}"`;
}
