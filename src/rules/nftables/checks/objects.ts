/** Named objects: what each holds (src/parser_bison.y of nft 1.0.6). */
import { reservedWords } from '../catalogue/reserved.ts';
import type { Element } from '../expressions.ts';
import type { NamedObject, Property } from '../nodes.ts';
import type { Problems } from './problem.ts';

/** What an object of a type may hold, with what must be there. */
const held: Readonly<Record<string, { readonly may: readonly string[]; readonly must: readonly string[] }>> =
  {
    'ct helper': { may: ['type', 'l3proto'], must: ['type'] },
    'ct timeout': { may: ['protocol', 'policy', 'l3proto'], must: ['protocol'] },
    'ct expectation': {
      may: ['protocol', 'dport', 'timeout', 'size', 'l3proto'],
      must: ['protocol', 'dport', 'timeout', 'size'],
    },
  };

const L3: readonly string[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

export function checkObject({ type, name, state, properties }: NamedObject, problems: Problems): void {
  if (state?.kind === 'synproxy' && (state.mss === null || state.wscale === null))
    problems.add('nft-syntax', state, 'A named synproxy has mss and wscale.');
  if (type === 'limit' && state === null && properties.length === 0)
    problems.add('nft-syntax', name, 'The limit does not say how much.');
  const rule = held[type];
  if (rule === undefined) {
    const [odd] = properties;
    const isPlain = type === 'counter' || type === 'quota' || type === 'limit' || type === 'synproxy';
    if (odd !== undefined && isPlain) problems.add('nft-syntax', odd, `A ${type} has no ${odd.name}.`);
    return;
  }
  for (const property of properties) {
    if (!rule.may.includes(property.name) || !isWhole(type, property))
      problems.add('nft-syntax', property, `nft does not read this of a ${type}.`);
  }
  const missing = rule.must.find((each) => properties.every((property) => property.name !== each));
  if (missing !== undefined) problems.add('nft-syntax', name, `The ${type} lacks its ${missing}.`);
}

const TIME = /^(?:\d+(?:ms|[dhms]))+$/u;

/** `established : 100s`; seconds without a unit before nft 1.0.7. */
function isState({ key, data }: Element): boolean {
  const isWord = key.kind === 'value' && /^[a-z][\w-]*$/iu.test(key.text) && !reservedWords.has(key.text);
  return isWord && data?.kind === 'value' && typeof data.value === 'number';
}

function isWhole(type: string, { name, values }: Property): boolean {
  const words = values.map((value) => (value.kind === 'value' ? value.text : ''));
  const [first = ''] = words;
  switch (name) {
    case 'type':
      return words.length === 3 && words[1] === 'protocol' && (words[2] === 'tcp' || words[2] === 'udp');
    case 'l3proto':
      return words.length === 1 && L3.includes(first);
    case 'protocol':
      return words.length === 1 && (type !== 'ct timeout' || first === 'tcp' || first === 'udp');
    case 'policy':
      return values.length === 1 && values[0]?.kind === 'set' && values[0].elements.every(isState);
    case 'dport':
      return words.length === 1 && values[0]?.kind === 'value' && typeof values[0].value === 'number';
    case 'size':
      return words.length === 1 && /^\d+$/u.test(first);
    case 'timeout':
      return words.length === 1 && TIME.test(first);
    default:
      return words.length === 1;
  }
}
