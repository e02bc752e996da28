/** What an option does in the rule that it stands in, in one sentence; empty where its documentation says as much. */
import { percent } from '../../kubeproxy/words/percent.ts';
import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Option } from '../../rules/iptables/nodes.ts';
import { chanceOf, oneOf } from '../../kubeproxy/modes/iptables/chance.ts';
import { matchNamed, matchOption, valueOf } from '../../kubeproxy/words/ruleView.ts';
import { code, escaped } from '../markdown.ts';
import { formatEndpoint } from '../../kernel/endpoint.ts';
import { counted, listed } from '../words.ts';
import { type HoverContext, portOf, type RuleIn } from './context.ts';
import { clearedBits, markName, setBits } from './marks.ts';
import { stateWords, typeWords } from './valueWords.ts';

export function meaningOf(
  context: HoverContext,
  place: RuleIn,
  option: Option,
  definition: OptionDefinition,
): string {
  const value = option.values[0]?.text ?? '';
  const not = option.negation !== null;
  switch (definition.name) {
    case '--probability':
      return probability(context, place);
    case '--mark':
      return markMatch(context, value, not);
    case '--set-xmark':
    case '--set-mark':
    case '--or-mark':
    case '--and-mark':
    case '--xor-mark':
      return markTarget(context, definition.name, value);
    case '--ctstate':
    case '--state':
      return states(value, not);
    case '--to-destination':
      return `Sends the packet to ${code(value)} instead; what comes back is rewritten to match.`;
    case '--to-source':
      return `Makes the packet come from ${code(value)}; what comes back is rewritten to match.`;
    case '--dport':
    case '--dports':
      return destinationPort(context, place, value, not);
    case '--rcheck':
    case '--update':
      return seenLately(context, place, option);
    case '--set':
      return definition.kind === null ? remembers(context, place) : '';
    case '--dst-type':
      return addressType('goes to', value, not);
    case '--src-type':
      return addressType('comes from', value, not);
    case '--reject-with':
      return value === 'tcp-reset'
        ? 'The client notices at once: connection refused.'
        : `The client is told with ICMP ${code(value)}: it notices at once.`;
    default:
      return '';
  }
}

/** `takes 1 of 2 packets that get here, 33.3 % of all for this Service` */
function probability({ analysis }: HoverContext, { rule, family, table }: RuleIn): string {
  const chance = chanceOf(rule);
  if (chance === null) return '';
  const count = oneOf(chance);
  const here =
    count === null
      ? `Takes ${percent(chance)} of the packets that get here`
      : `Takes 1 of ${count} packets that get here`;
  const target = rule.target?.name.text;
  const owner =
    target === undefined || table.name !== 'nat' ? null : analysis.iptables.ofChain(target, family);
  const endpoint = owner?.endpoint ?? null;
  const share = rule.chain.text.startsWith('KUBE-SVC-') ? endpoint?.share : endpoint?.localShare;
  if (owner === null || share === null || share === undefined) return `${here}.`;
  return `${here}, ${percent(share)} of all for this Service.`;
}

/** `Takes packets to port 80, which is default/web:http.` */
function destinationPort(context: HoverContext, place: RuleIn, value: string, not: boolean): string {
  const port = portOf(context, place);
  const whose = port === null || not ? '' : `, for ${escaped(port.name)}`;
  return `Takes packets to ${not ? 'any port but ' : value.includes(',') ? 'one of the ports ' : 'port '}${code(value)}${whose}.`;
}

/** The value of another option of `recent` in the same rule. */
function recentValue({ rule }: RuleIn, name: string): string | null {
  return valueOf(matchOption(matchNamed(rule, 'recent'), name));
}

/** `takes a client that was sent to 10.244.1.5:8080 within the last 10,800 seconds: session affinity` */
function seenLately(context: HoverContext, place: RuleIn, option: Option): string {
  const seconds = Number(recentValue(place, '--seconds') ?? '');
  const within = seconds > 0 ? ` within the last ${counted(seconds, 'second')}` : '';
  const endpoint = affinityEndpoint(context, place);
  const takes = option.negation === null ? 'Takes' : 'Takes all but';
  const list = code(recentValue(place, '--name') ?? 'DEFAULT');
  return endpoint === null
    ? `${takes} packets from an address that was put on the list ${list}${within}.`
    : `${takes} a client that was sent to ${code(endpoint)}${within}: session affinity.`;
}

function remembers(context: HoverContext, place: RuleIn): string {
  const endpoint = affinityEndpoint(context, place);
  return endpoint === null
    ? `Puts the packet’s address on the list ${code(recentValue(place, '--name') ?? 'DEFAULT')}.`
    : `Remembers that this client was sent to ${code(endpoint)}: session affinity.`;
}

/** kube-proxy names the list after the endpoint's chain. */
function affinityEndpoint({ analysis }: HoverContext, place: RuleIn): string | null {
  const name = recentValue(place, '--name');
  const endpoint = name === null ? null : analysis.iptables.ofChain(name, place.family)?.endpoint;
  return endpoint === null || endpoint === undefined
    ? null
    : formatEndpoint({ address: endpoint.address, port: endpoint.port });
}

function markMatch({ analysis }: HoverContext, value: string, not: boolean): string {
  const { set, cleared } = bitsOf(value);
  const has = set.length > 0 ? `has the ${listed(set.map((bit) => markName(bit, analysis)))}` : '';
  const lacks =
    cleared.length > 0 ? `lacks the ${listed(cleared.map((bit) => markName(bit, analysis)))}` : '';
  const both = [has, lacks].filter((words) => words !== '').join(' and ');
  if (both === '') return '';
  return not ? `Takes every packet but one that ${both}.` : `Takes a packet that ${both}.`;
}

function bitsOf(value: string): { readonly set: readonly number[]; readonly cleared: readonly number[] } {
  const [mark = '', mask = '0xffffffff'] = value.split('/');
  return { set: setBits(mark, mask), cleared: value.includes('/') ? clearedBits(mark, mask) : [] };
}

/** `--set-xmark VALUE/MASK` clears the bits of MASK and then xors VALUE: a bit in VALUE only is turned round. */
function markTarget({ analysis }: HoverContext, name: string, value: string): string {
  const [mark = '', mask] = value.split('/');
  const names = (bits: readonly number[]): string => listed(bits.map((bit) => markName(bit, analysis)));
  const set = setBits(mark, mask ?? '0xffffffff');
  if (name === '--or-mark') return `Sets the ${names(setBits(mark, '0xffffffff'))}.`;
  if (name !== '--set-xmark' || mask === undefined)
    return set.length > 0 && mask !== undefined ? `Sets the ${names(set)}.` : '';
  const turned = clearedBits('0', mark).filter((bit) => !set.includes(bit));
  const cleared = clearedBits(mark, mask);
  const parts = [
    set.length > 0 ? `sets the ${names(set)}` : '',
    cleared.length > 0 && cleared.length < 8 ? `clears the ${names(cleared)}` : '',
    turned.length > 0 ? `turns the ${names(turned)} round, which clears it where it is set` : '',
  ].filter((words) => words !== '');
  const sentence = listed(parts);
  return sentence === '' ? '' : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function states(value: string, not: boolean): string {
  const words = value.split(',').map((state) => stateWords[state] ?? escaped(state));
  const joined = words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return not ? `Takes every packet but one that ${joined}.` : `Takes a packet that ${joined}.`;
}

function addressType(direction: string, value: string, not: boolean): string {
  const words = value.split(',').map((type) => typeWords[type] ?? escaped(type));
  return `Takes a packet that ${direction} ${not ? 'anything but ' : ''}${words.join(' or ')}.`;
}
