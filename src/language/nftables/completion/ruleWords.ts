/** What may be written in a rule, by the words before the cursor; each offer is tried before it is shown. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { isRefused, ruleAlone } from '../../../rules/nftables/checks/ruleAlone.ts';
import { bitmaskTypes, ctKeys, metaKeys } from '../../../rules/nftables/catalogue/keys.ts';
import type { Typed } from '../../../rules/nftables/checks/types.ts';
import type { Scope } from '../../../rules/nftables/checks/world.ts';
import { statementMeanings } from '../vocabulary.ts';
import { elementOffers } from './elementWords.ts';
import { type Offer, offers, type Written } from './offers.ts';
import { phraseWords } from './phrases.ts';
import { type RuleContext, typesBehind } from './ruleContext.ts';
import { sampleOf } from './samples.ts';
import { isWritten, notAlone, selectorStarts, selectorWords } from './selectors.ts';
import {
  chainOffers,
  defineOffers,
  flowtableOffers,
  objectOffers,
  setOffers,
  objectKinds,
} from './tableNames.ts';
import { addressOffers, valueOffers } from './valueWords.ts';

const OBJECT = /(?:^| )(?:(counter|quota|limit|synproxy) name|(ct (?:helper|timeout|expectation)) set)$/u;
const JUMP = /(?:^| )(?:jump|goto)$/u;
const SET_STATEMENT = /(?:^| )(?:add|update|delete)$/u;
const FLOW = /(?:^| )flow add$/u;
const FIB = /(?:^| )fib (?:(?:saddr|daddr|mark|iif|oif|\.) ?)*$/u;
const LOOKS_UP =
  /(?:(?:counter|quota|limit|synproxy) name|(?:dnat|snat) (?:ip6? )?to| set) (?:[\w-]+ )?[a-z]\w*$/u;
const LOOKED_UP =
  /(?:^| )(?:(counter|quota|limit|synproxy) name|(?:dnat|snat) (?:ip6? )?to|((?:meta|ct|ip6?|tcp|udp) [\w-]+) set) ([^"{@]+)$/u;
/** Values of a list that is not at its end: `new ,`, `& ( fin |`, `syn / fin ,`. */
const LIST = /(?: [\w-]+(?: , [\w-]+)* \/| & \(| &)?(?: [\w-]+ [,|])*$/u;
const OPERATOR = / (?:[!=]=|[<>]=?|set)$/u;

export function ruleOffers(context: RuleContext): readonly Offer[] {
  const found = context.place.typed.startsWith('$')
    ? defineOffers(context.document, context.place)
    : untried(context);
  return found.filter((offer) => fits(offer, context));
}

function fits(
  { text, tail, isQuoted = false }: Offer,
  { place, family, scope, hooks }: RuleContext,
): boolean {
  if (tail === null) return true;
  const line = [place.told, isQuoted ? `"${text}"` : text, tail, place.inner === null ? '' : '}'].join(' ');
  return !isRefused(line, place.told.length, { family, scope, hooks });
}

function untried(context: RuleContext): readonly Offer[] {
  const { place, scope, family } = context;
  const { told } = place;
  if (place.inner !== null) return elementOffers(context);
  if (JUMP.test(told)) return chainOffers(place, scope);
  const object = OBJECT.exec(told);
  if (object !== null) return objectOffers(scope, object[1] ?? object[2] ?? '');
  if (FLOW.test(told)) return flowtableOffers(scope);
  if (SET_STATEMENT.test(told))
    return setOffers(scope, 'dynamic', null).map((each) => ({ ...each, tail: null }));
  const ofMap = / (vmap|map)$/u.exec(told);
  if (ofMap !== null) return mapOffers(told.slice(0, ofMap.index), ofMap[1] === 'vmap', scope);
  if (/(?:^| )jhash$/u.test(told) || (told.endsWith(' .') && !FIB.test(told))) return joined();
  const copied = copiedOffers(told, scope);
  if (copied !== null) return copied;
  const selector = selectorWords(told);
  if (selector !== null) return asPart(selector, told);
  const phrase = phraseWords(told, family);
  const phrased = offers(phrase?.words ?? [], CompletionItemKind.Keyword, statementMeanings);
  if (phrase?.isNeeded === true) return [...targets(context), ...phrased, ...namedObjects(told, scope)];
  const lookup = lookedUp(told, scope);
  if (lookup !== null) return lookup;
  return [
    ...comparedOffers(context),
    ...phrased,
    ...namedObjects(told, scope),
    ...(isWhole(told) ? [...statements(context), ...selectorStarts()] : []),
  ];
}

/** Addresses behind `dnat to`. */
function targets({ place, family, addresses }: RuleContext): readonly Offer[] {
  const found = /(?:^| )[ds]nat (?:(ip6?) )?to$/u.exec(place.told);
  if (found === null) return [];
  const of = found[1] ?? family;
  return addressOffers(addresses, of === 'ip' ? 4 : of === 'ip6' ? 6 : null);
}

/** `meta mark set ct` → the keys that are of the type of what is written; null elsewhere. */
function copiedOffers(told: string, scope: Scope): readonly Offer[] | null {
  const found = /(?:^| )((?:meta|ct) [\w-]+) set (meta|ct)$/u.exec(told);
  const type = typesBehind(found?.[1] ?? '', scope)?.[0]?.type;
  if (found === null || type === undefined) return null;
  const keys = [...(found[2] === 'meta' ? metaKeys : ctKeys)].flatMap(([key, of]) =>
    of === type && !notAlone.has(key) ? key : [],
  );
  return offers(keys, CompletionItemKind.Property);
}

/** Selectors that only a map or others beside them make something of are tried with that, or not at all. */
function asPart(found: readonly Offer[], told: string): readonly Offer[] {
  if (LOOKS_UP.test(told)) return found.map((each) => ({ ...each, tail: null }));
  return / \. [\w-]+(?: [\w-]+)?$/u.test(told) && !FIB.test(told) ? found.map(joinedOffer) : found;
}

function joinedOffer(offer: Offer): Offer {
  return { ...offer, tail: offer.tail?.replace(/\S+$/u, '@x') ?? null };
}

/** Behind `tcp dport map` of a statement or a value. */
function mapOffers(before: string, isOfVerdicts: boolean, scope: Scope): readonly Offer[] {
  const key = LOOKED_UP.exec(before)?.[3] ?? before;
  const types = typesBehind(key, scope);
  const object = objectKinds.find((kind) => ` ${before}`.includes(` ${kind} name `));
  return setOffers(scope, isOfVerdicts ? 'verdict' : (object ?? 'data'), types);
}

/**
 * A key that only a map makes something of: `counter name tcp dport` → `map`, `dnat to ip saddr`, `meta mark set tcp dport`. Null where
 * there is none.
 */
function lookedUp(told: string, scope: Scope): readonly Offer[] | null {
  const found = LOOKED_UP.exec(told);
  const types = typesBehind(found?.[3] ?? '', scope);
  if (found === null || types === null) return null;
  const target = found[2] === undefined ? null : typesBehind(found[2], scope);
  const isSame = target !== null && types.length === 1 && types[0]?.type === target[0]?.type;
  return isSame
    ? null
    : offers([
        ['map', null],
        ['.', null],
      ]);
}

/** Selectors behind `ip saddr .` */
function joined(): readonly Offer[] {
  return selectorStarts().map(joinedOffer);
}

/** `counter` → `name`, where there is one. */
function namedObjects(told: string, scope: Scope): readonly Offer[] {
  const type = /(?:^| )(counter|quota|limit|synproxy)$/u.exec(told)?.[1];
  const [first] = type === undefined ? [] : objectOffers(scope, type);
  return first === undefined ? [] : offers([['name', `"${first.text}"`]]);
}

/** What the value behind a selector may be. */
function comparedOffers(context: RuleContext): readonly Offer[] {
  const { told } = context.place;
  const listed = LIST.exec(told)?.[0] ?? '';
  const compared = told.slice(0, told.length - listed.length);
  const operator = OPERATOR.exec(compared)?.[0] ?? '';
  const types = typesBehind(compared.slice(0, compared.length - operator.length), context.scope);
  if (types === null) return [];
  const [type] = types;
  const values = types.length === 1 && type !== undefined ? valueOffers(type.type, context) : [];
  const isOfBits = type !== undefined && bitmaskTypes.has(type.type);
  if (listed !== '' && / [&/]/u.test(listed) && !isOfBits) return [];
  if (listed !== '') return unlisted(values, listed);
  if (operator === ' set') return values;
  const isRouted = / oif(?:name)?$/u.test(compared) && compared.includes('fib ');
  const routes = isRouted ? offers(['exists', 'missing'], CompletionItemKind.EnumMember) : [];
  const sets = /[<>]/u.test(operator) ? [] : setOffers(context.scope, 'set', types);
  return [...values, ...routes, ...sets, ...(operator === '' ? offers(operators(told, types)) : [])];
}

function unlisted(values: readonly Offer[], listed: string): readonly Offer[] {
  const tail = / [&/]/u.test(listed) ? null : '';
  return values.flatMap((each) => (listed.includes(` ${each.text} `) ? [] : { ...each, tail }));
}

function operators(told: string, types: readonly Typed[]): readonly Written[] {
  const values = types.map(({ type }) => sampleOf(type));
  const sample = values.includes(null) ? null : values.join(' . ');
  const found: Written[] = [
    ['!=', sample === null || types.length > 1 ? null : sample],
    ['vmap', sample === null ? null : `{ ${sample} : continue }`],
  ];
  const selector = told.split(' ').slice(-2).join(' ');
  return isWritten(selector) && !/ (?:\.|original|reply) [\w-]+ [\w-]+$/u.test(` ${told}`)
    ? [...found, ['set', types[0]?.type === 'string' ? null : sample]]
    : found;
}

/** Whether the words are a rule, or none are there yet. */
function isWhole(told: string): boolean {
  const rule = told === '' ? null : ruleAlone(told);
  return told === '' || (rule !== null && rule.statements.every(({ kind }) => kind !== 'unknown'));
}

function statements({ family, scope, place }: RuleContext): readonly Offer[] {
  const address = family === 'ip6' ? 'fd00::1' : '10.0.0.1';
  const chain = chainOffers(place, scope)[0];
  const words: readonly Written[] = [
    'accept',
    'drop',
    'continue',
    'return',
    'counter',
    'log',
    'reject',
    'masquerade',
    'redirect',
    'notrack',
    ['limit', 'rate 1/second'],
    ['quota', 'over 1 mbytes'],
    ['dnat', `to ${address}`],
    ['snat', `to ${address}`],
    ['tproxy', 'to :80'],
    ['synproxy', 'mss 1460'],
    ['queue', 'num 0'],
    ['dup', family === 'netdev' ? 'to "lo"' : `to ${address}`],
    ['fwd', 'to "lo"'],
    ['reset', 'tcp option sack-perm'],
    ['comment', '"x"'],
    ...(chain === undefined ? [] : ['jump', 'goto'].map((each): Written => [each, chain.text])),
    ...(scope.flowtables.size === 0 ? [] : [['flow', null] as const]),
    ...(setOffers(scope, 'dynamic', null).length === 0
      ? []
      : ['add', 'update', 'delete'].map((each): Written => [each, null])),
  ];
  return offers(words, CompletionItemKind.Keyword, statementMeanings);
}
