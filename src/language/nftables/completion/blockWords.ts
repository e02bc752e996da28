/** What may be written outside of rules: commands, what a table holds, headers of chains, parts of sets and objects. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { problemsOf } from '../../../rules/nftables/checks/problemsOf.ts';
import { families } from '../../../rules/nftables/catalogue/families.ts';
import type { Chain, Table } from '../../../rules/nftables/nodes.ts';
import { parseRuleset } from '../../../rules/nftables/parser.ts';
import type { NftDocument } from '../nftDocument.ts';
import { typeMeanings } from '../typeMeanings.ts';
import { blockMeanings, hookMeanings } from '../vocabulary.ts';
import { type Offer, offers, type Written } from './offers.ts';
import { phraseWords } from './phrases.ts';
import { selectorStarts, selectorWords } from './selectors.ts';

const { EnumMember, Keyword, TypeParameter, Module, Function: ChainKind, Variable } = CompletionItemKind;

/** Words that nobody tries. */
function plain(
  words: Iterable<string>,
  kind: CompletionItemKind = Keyword,
  meanings = blockMeanings,
): readonly Offer[] {
  return offers(
    [...words].map((each): Written => [each, null]),
    kind,
    meanings,
  );
}

/** In a table, and in none of its blocks. */
export function tableWords(told: string): readonly Offer[] {
  if (told === 'flags') return plain(['dormant'], EnumMember);
  if (told === 'ct') return plain(['helper', 'timeout', 'expectation']);
  const words = 'chain set map counter quota limit synproxy secmark flowtable ct comment flags';
  return told === '' ? plain(words.split(' ')) : [];
}

const PRIORITIES = ['raw', 'mangle', 'dstnat', 'filter', 'security', 'srcnat', 'out'];

/** In a chain: its header; null where the words begin none. */
export function headerWords(
  told: string,
  table: Table,
  chain: Chain,
  start: number,
): readonly Offer[] | null {
  if (told === '') {
    const isFirst = !chain.rules.some(({ start: at }) => at < start);
    const type = chain.base === null && isFirst ? ['type'] : [];
    const policy = chain.base !== null && chain.policy === null ? ['policy'] : [];
    return plain([...type, ...policy]);
  }
  if (told === 'policy') return offers(['accept', 'drop'], EnumMember);
  if (!/^type(?: |$)/u.test(told)) return null;
  return typeWords(told, table.family).filter(
    ({ text, tail }) => tail === null || isHeader(`${told} ${text} ${tail}`, table.family),
  );
}

/** What a chain at `ingress` or `egress` names before its priority. */
function device(hook: string): string {
  return hook.endsWith('gress') ? 'device "lo" ' : '';
}

function typeWords(told: string, family: string): readonly Offer[] {
  const hook = family === 'netdev' ? 'ingress' : 'output';
  if (told === 'type')
    return offers(
      ['filter', 'nat', 'route'].map((each): Written => [each, `hook ${hook} ${device(hook)}priority 0`]),
      EnumMember,
    );
  if (/^type \w+$/u.test(told)) return offers([['hook', `${hook} ${device(hook)}priority 0`]]);
  if (told.endsWith(' hook'))
    return offers(
      Object.keys(hookMeanings).map((each): Written => [each, `${device(each)}priority 0`]),
      EnumMember,
      hookMeanings,
    );
  if (/ hook \w+$/u.test(told))
    return offers([
      ['priority', '0'],
      ['device', '"lo" priority 0'],
    ]);
  if (/ device \S+$/u.test(told)) return offers([['priority', '0']]);
  return told.endsWith(' priority') ? offers(PRIORITIES, EnumMember) : [];
}

function isHeader(line: string, family: string): boolean {
  return problemsOf(parseRuleset(`table ${family} t {\nchain c {\n${line};\n}\n}\n`)).length === 0;
}

const SET_WORDS =
  'type typeof flags timeout gc-interval elements size policy auto-merge comment counter'.split(' ');
/** Of which no value can be declared. */
const notOfSets: ReadonlySet<string> = new Set(['verdict', 'integer']);

/** In a set or a map. */
export function setWords(told: string, kind: 'set' | 'map'): readonly Offer[] {
  if (told === '') return plain(SET_WORDS);
  if (told === 'flags' || /^flags .*,$/u.test(told))
    return plain(
      ['interval', 'timeout', 'dynamic', 'constant'].filter((each) => !told.includes(each)),
      EnumMember,
    );
  if (told === 'policy') return plain(['performance', 'memory'], EnumMember);
  if (/^typeof(?: |$)/u.test(told)) {
    const selector = /^typeof$| [.:]$/u.test(told) ? selectorStarts() : (selectorWords(told) ?? []);
    return selector.map((each) => ({ ...each, tail: null }));
  }
  if (!/^type$|^type .*[.:]$/u.test(told)) return [];
  const types = Object.keys(typeMeanings).filter((type) => !notOfSets.has(type));
  const ofMap = kind === 'map' && told.endsWith(':') ? ['verdict', 'counter', 'quota', 'limit'] : [];
  return plain([...types, ...ofMap], TypeParameter, typeMeanings);
}

/** In a named counter, quota, limit, helper; its words are those of the statement. */
export function objectWords(told: string, type: string): readonly Offer[] {
  if (type === 'ct helper' && told === '') return plain(['type', 'l3proto']);
  if (told === 'l3proto') return plain(['ip', 'ip6', 'inet'], EnumMember);
  if (told.endsWith(' protocol')) return plain(['tcp', 'udp'], EnumMember);
  const words = phraseWords(told === '' ? type : `${type} ${told}`, 'inet')?.words ?? [];
  return plain(
    words.map((each) => (typeof each === 'string' ? each : each[0])),
    Keyword,
    {},
  );
}

export function flowtableWords(told: string): readonly Offer[] {
  if (told === '') return plain(['hook', 'devices', 'flags', 'counter']);
  if (told === 'hook') return plain(['ingress'], EnumMember);
  if (told === 'hook ingress') return plain(['priority']);
  if (told === 'flags') return plain(['offload'], EnumMember);
  return told.endsWith('priority') ? plain(['filter'], EnumMember) : [];
}

const VERBS = 'table add create insert replace delete flush list reset rename define include'.split(' ');
const OBJECTS = 'table chain rule set map element flowtable counter quota limit'.split(' ');

/** What a verb is said of. */
const objectsOf: Readonly<Record<string, readonly string[]>> = {
  add: OBJECTS,
  create: OBJECTS.filter((each) => each !== 'rule'),
  insert: ['rule'],
  replace: ['rule'],
  delete: OBJECTS,
  flush: ['ruleset', 'table', 'chain', 'set', 'map'],
  list: ['ruleset', 'table', 'chain', 'set', 'map', 'tables', 'chains', 'sets', 'maps'],
  reset: ['counters', 'quotas', 'counter', 'quota', 'rules'],
  rename: ['chain'],
};

/** Outside of tables. */
export function commandWords(told: string, { nft }: NftDocument): readonly Offer[] {
  if (told === '') return plain(VERBS);
  const [verb = '', object = '', ...named] = told === 'table' ? ['add', 'table'] : told.split(' ');
  const objects = Object.hasOwn(objectsOf, verb) ? (objectsOf[verb] ?? []) : [];
  if (object === '') return plain(objects);
  if (!objects.includes(object) || object === 'ruleset') return [];
  const [first = ''] = named;
  const family = families.includes(first) ? first : null;
  const rest = family === null ? named : named.slice(1);
  const tables = nft.tables.filter((table) => table.family === (family ?? 'ip'));
  if (rest.length === 0)
    return [
      ...(family === null ? plain(families) : []),
      ...plain(
        tables.map(({ name }) => name.text),
        Module,
      ),
    ];
  if (rest.length > 1 || object === 'table') return [];
  const items = tables.filter(({ name }) => name.text === rest[0]).flatMap((table) => table.items);
  const kind = object === 'rule' ? 'chain' : object;
  return items.flatMap((item) =>
    item.kind !== 'unknown' &&
    (item.kind === kind || (kind === 'element' && (item.kind === 'set' || item.kind === 'map')))
      ? plain([item.name.text], kind === 'chain' ? ChainKind : Variable)
      : [],
  );
}
