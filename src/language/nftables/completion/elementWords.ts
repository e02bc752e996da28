/** What may be written within the braces of a set or a map, in a rule or in its declaration. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { dataTypeOf, keyTypeOf, type Typed } from '../../../rules/nftables/checks/types.ts';
import { statementMeanings } from '../vocabulary.ts';
import { type Offer, offers } from './offers.ts';
import { type RuleContext, typesBehind } from './ruleContext.ts';
import { sampleOf } from './samples.ts';
import { mayReadType, selectorStarts, selectorWords } from './selectors.ts';
import { chainOffers } from './tableNames.ts';
import { valueOffers } from './valueWords.ts';

const { Keyword } = CompletionItemKind;
const DYNAMIC = /(?:^| )(?:add|update|delete) @([\w./-]+)$/u;

export function elementOffers(context: RuleContext): readonly Offer[] {
  const { inner, outer, item } = context.place;
  const element =
    (inner ?? '')
      .split(' , ')
      .at(-1)
      ?.replace(/^,$|^.* ,$/u, '') ?? '';
  const dynamic = DYNAMIC.exec(outer);
  if (dynamic !== null) return dynamicOffers(element, dynamic[1] ?? '', context);
  if (outer === 'elements =' && (item?.kind === 'set' || item?.kind === 'map')) {
    const types = keyTypeOf(item, context.scope);
    const isOfVerdicts = item.data?.kind === 'value' && item.data.text === 'verdict';
    const found = keyOrData(
      element,
      types,
      isOfVerdicts ? 'verdict' : dataTypeOf(item, context.scope),
      context,
    );
    return found.map((each) => ({ ...each, tail: null }));
  }
  const ofMap = /^(.*) (vmap|map)$/u.exec(outer);
  const compared = (ofMap?.[1] ?? outer).replace(/ [!=]=$/u, '');
  return keyOrData(
    element,
    typesBehind(compared, context.scope),
    ofMap === null ? null : ofMap[2] === 'vmap' ? 'verdict' : [],
    context,
  );
}

/** `data`: null of a set, `verdict` of a map of those. */
function keyOrData(
  element: string,
  types: readonly Typed[] | null,
  data: 'verdict' | readonly Typed[] | null,
  context: RuleContext,
): readonly Offer[] {
  const [, led] = /(?:^| ):(?: (.*))?$/u.exec(element) ?? [element, null];
  if (led !== null && data !== null) return dataOffers(led ?? '', data, context);
  if (types === null) return [];
  const at = element.split(' .').length - 1;
  if (element !== '' && !element.endsWith(' .')) return [];
  const type = types[at];
  if (type === undefined) return [];
  const tail = tailOf(types.slice(at + 1), data);
  return valueOffers(type.type, context).map((each) => ({ ...each, tail: each.tail === null ? null : tail }));
}

/** What makes a whole element of its first values. */
function tailOf(left: readonly Typed[], data: 'verdict' | readonly Typed[] | null): string | null {
  const samples = left.map(({ type }) => sampleOf(type));
  if (samples.includes(null) || (data !== null && data !== 'verdict')) return null;
  return [...samples.map((each) => `. ${each ?? ''}`), data === null ? '' : ': continue'].join(' ');
}

function dataOffers(led: string, data: 'verdict' | readonly Typed[], context: RuleContext): readonly Offer[] {
  const { place, scope } = context;
  if (data !== 'verdict') {
    const type = data[led.split(' .').length - 1];
    return type === undefined || (led !== '' && !led.endsWith(' .')) ? [] : valueOffers(type.type, context);
  }
  if (led === 'jump' || led === 'goto') return chainOffers(place, scope);
  if (led !== '') return [];
  const [chain] = chainOffers(place, scope);
  const jumps = chain === undefined ? [] : [['jump', chain.text] as const, ['goto', chain.text] as const];
  return offers(['accept', 'drop', 'continue', 'return', ...jumps], Keyword, statementMeanings);
}

/** `add @clients { ip saddr` → `timeout` … */
function dynamicOffers(element: string, name: string, { scope }: RuleContext): readonly Offer[] {
  const set = scope.sets.get(name);
  const selector = selectorWords(element);
  if (selector !== null) return selector.map((each) => ({ ...each, tail: null }));
  if (element === '' || element.endsWith(' .')) {
    const at = element.split(' .').length - 1;
    const type = set === undefined ? undefined : keyTypeOf(set, scope)?.[at]?.type;
    return selectorStarts()
      .filter(({ text }) => mayReadType(text, type))
      .map((each) => ({ ...each, tail: null }));
  }
  if (typesBehind(element, scope) === null) return [];
  const timed = set?.flags.includes('timeout') === true ? [['timeout', '1h'] as const] : [];
  return offers(
    [...timed, 'counter', ['limit', 'rate 1/second'], ['comment', '"x"']],
    Keyword,
    statementMeanings,
  );
}
