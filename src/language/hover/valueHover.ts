/** What the node's files know of a value: the members of an ipset, the addresses of an interface. */
import { testSet, type SetPacket } from '../../kernel/node/ipset.ts';
import type { IpSet, NodeInterface } from '../../kernel/node/node.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { hostInText } from '../../kubeproxy/words/ruleView.ts';
import type { Option, Rule } from '../../rules/iptables/nodes.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import { type Address, formatAddress, parseAddress } from '../../values/address.ts';
import { code, escaped } from '../markdown.ts';
import { counted, listed } from '../words.ts';

/** Members of a set, and interfaces behind a `+`, that are shown. */
const FEW = 8;

/** Sentences about the value of an option; none where the node's files tell nothing. */
export function nodeWords(analysis: Analysis, rule: Rule, option: Option): readonly string[] {
  const [value] = option.values;
  if (value === undefined) return [];
  switch (option.definition?.kind) {
    case 'setMatch':
      return setWords(analysis, rule, value.text);
    case 'interface':
      return interfaceWords(analysis, value.text);
    default:
      return [];
  }
}

function setWords(analysis: Analysis, rule: Rule, name: string): readonly string[] {
  const { ipsets } = analysis.node;
  if (ipsets === null)
    return ['What is in the set is in no file of this node: “ipset save > ipset-save.txt” tells.'];
  const set = ipsets.get(name);
  if (set === undefined) return [`The node has no set ${code(name)}.`];
  const shown = set.entries
    .slice(0, FEW)
    .map(({ text, noMatch }) => code(noMatch ? `${text} nomatch` : text));
  const rest = set.entries.length - shown.length;
  const members =
    shown.length === 0 ? '' : `: ${shown.join(', ')}${rest > 0 ? `, … ${counted(rest, 'more')}` : ''}`;
  return [
    `${code(set.name)} is a ${code(set.type)} with ${counted(set.entries.length, 'member')}${members}.`,
    ...memberWords(analysis, set, rule),
  ];
}

/** Whether the rule's own addresses are in the set; nothing of sets that hold more than an address. */
function memberWords(analysis: Analysis, set: IpSet, rule: Rule): readonly string[] {
  if (set.type.includes(',')) return [];
  return rule.general.flatMap((option) => {
    const name = canonicalName(option);
    const host = name === '-s' || name === '-d' ? hostInText(option.values[0]?.text ?? '') : null;
    const address = host === null ? null : parseAddress(host);
    if (address === null) return [];
    const answer = testSet(analysis.node, set.name, ['src'], packetFrom(address));
    const text = code(formatAddress(address));
    if (typeof answer === 'object') return [];
    return [answer ? `${text} is in it.` : `${text} is not in it.`];
  });
}

/** A packet of which nothing but its source is looked at. */
function packetFrom({ family, value }: Address): SetPacket {
  return {
    family,
    protocol: 6,
    source: value,
    destination: 0n,
    sourcePort: '*',
    destinationPort: '*',
    icmpType: null,
    icmpCode: 0,
    input: undefined,
    output: undefined,
    mark: 0,
    sourceMac: null,
    local: false,
  };
}

function interfaceWords(analysis: Analysis, value: string): readonly string[] {
  const { interfaces } = analysis.node;
  if (interfaces === null) return [];
  const isPrefix = value.endsWith('+');
  const beginning = isPrefix ? value.slice(0, -1) : value;
  const all = [...interfaces.values()];
  const meant = all.filter(({ name }) => (isPrefix ? name.startsWith(beginning) : name === value));
  if (meant.length === 0) return [`The node has no interface ${code(value)} at the moment.`];
  if (!isPrefix) return meant.map((each) => `${interfaceText(each)}.`);
  const shown = meant.slice(0, FEW).map(interfaceText);
  const rest = meant.length - shown.length;
  return [`${counted(meant.length, 'interface')}: ${listed(rest > 0 ? [...shown, `${rest} more`] : shown)}.`];
}

function interfaceText({ name, up, addresses, master }: NodeInterface): string {
  const own = addresses.map(({ address, prefixLength }) => code(`${formatAddress(address)}/${prefixLength}`));
  const has = own.length === 0 ? 'has no address' : `has ${listed(own, FEW)}`;
  const bridge = master === null ? '' : `, belongs to ${escaped(master)}`;
  return `${code(name)} is ${up ? 'up' : 'down'} and ${has}${bridge}`;
}
