/** Packets of Service traffic that conntrack does not see: what is not tracked is not translated, nor translated back. */
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import type { Network } from '../../../values/address.ts';
import { readNetworks } from '../../../values/networks.ts';
import { onePort } from '../../../values/ports.ts';
import {
  allCommentsOf,
  destinationPortOf,
  generalOption,
  matchOption,
  protocolOf,
  targetNameOf,
  targetOption,
  valueOf,
} from '../../words/ruleView.ts';
import { splitPortName } from '../../services/portName.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { type Dispatch, dispatchesOf, nameOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** One for each such rule that is for traffic of Services. */
export function replyUntracked(subject: RulesSubject): readonly Finding[] {
  const raw = subject.table('raw');
  if (raw === null || subject.rules('nat', 'KUBE-SERVICES').length === 0) return [];
  return [...raw.chains.values()].flatMap((chain) =>
    chain.rules
      .filter((rule) => untracks(rule) && !isForNodeLocalDns(rule))
      .flatMap((rule) => found(subject, chain, rule)),
  );
}

/** Whether what the rule matches is taken out of conntrack. */
export function untracks(rule: Rule): boolean {
  const target = targetNameOf(rule);
  return target === 'NOTRACK' || (target === 'CT' && targetOption(rule, '--notrack') !== null);
}

/** NodeLocal DNSCache has the node's own address be the cluster IP of DNS: nothing of it is to be translated. */
export function isForNodeLocalDns(rule: Rule): boolean {
  return allCommentsOf(rule).some((comment) => comment.startsWith('NodeLocal DNS Cache'));
}

function found(subject: RulesSubject, chain: Chain, rule: Rule): readonly Finding[] {
  if (!subject.isReached(chain)) return [];
  const requests = requestsOf(subject, rule);
  const replies = requests.size === 0 ? repliesOf(subject, rule) : new Set<string>();
  const names = [...requests, ...replies];
  const [first] = names;
  if (first === undefined) return [];
  const whose = names.length === 1 ? first : `${first} and other Services`;
  const so =
    requests.size > 0
      ? `what is sent to ${whose} is not tracked, so that it is not translated and reaches no endpoint`
      : `what endpoints of ${whose} answer is not tracked, so that it is not translated back: clients get answers from an address that they did not ask, and drop them`;
  return [
    ruleFinding({
      code: 'reply-untracked',
      at: subject.at(chain, rule),
      service: names.length === 1 && isPortName(first) ? first : null,
      message: `Rule ${rule.index + 1} of ${chain.name} in table raw takes packets out of conntrack${countedWords(rule)}: ${so}. Narrow the rule, so that it leaves out cluster IPs, node ports and pods, or delete it.`,
    }),
  ];
}

function isPortName(name: string): boolean {
  return splitPortName(name) !== null;
}

/** More are not looked for. */
const MANY = 2;

/** What some Service ports are called whose requests the rule may be for. */
function requestsOf(subject: RulesSubject, rule: Rule): ReadonlySet<string> {
  const names = new Set<string>();
  if (!narrows(rule, '-d') && destinationPortOf(rule) === null) return names;
  for (const each of dispatchesOf(subject.ruleset)) {
    if (isFor(rule, each)) names.add(nameOf(each) ?? each.target);
    if (names.size === MANY) break;
  }
  return names;
}

function narrows(rule: Rule, name: '-s' | '-d'): boolean {
  const option = generalOption(rule, name);
  return option !== null && option.negation === null;
}

function isFor(rule: Rule, { address, port, protocol }: Dispatch): boolean {
  const own = protocolOf(rule);
  const to = destinationPortOf(rule);
  if ((own !== null && own !== protocol) || (to !== null && to !== port)) return false;
  // A node port is at the node's addresses, which a rule for some address need not mean.
  if (address === null) return to === port && !narrows(rule, '-d');
  return holds(rule, '-d', address) && sourcePortOf(rule) === null;
}

/** What some Service ports are called whose endpoints’ answers the rule is for. */
function repliesOf(subject: RulesSubject, rule: Rule): ReadonlySet<string> {
  const names = new Set<string>();
  const port = sourcePortOf(rule);
  if (!narrows(rule, '-s') && port === null) return names;
  for (const [name, chain] of subject.table('nat')?.chains ?? []) {
    if (names.size === MANY) break;
    if (!name.startsWith('KUBE-SEP-')) continue;
    const dnat = chain.rules.find((each) => targetNameOf(each) === 'DNAT');
    const to = dnat === undefined ? null : valueOf(targetOption(dnat, '--to-destination'));
    const [, address = '', own = ''] = /^\[?([\da-f.:]+?)\]?:(\d+)$/.exec(to ?? '') ?? [];
    if (address === '' || (port !== null && Number(own) !== port)) continue;
    if (holds(rule, '-s', address)) names.add(subject.serviceOf(name) ?? name);
  }
  return names;
}

function sourcePortOf(rule: Rule): number | null {
  for (const match of rule.matches) {
    const option = matchOption(match, '--sport');
    if (option !== null && option.negation === null) return onePort(valueOf(option));
  }
  return null;
}

/** Whether an address is among those of `-s` or `-d`; all are where there is none. */
function holds(rule: Rule, name: '-s' | '-d', address: string): boolean {
  const option = generalOption(rule, name);
  if (option === null) return true;
  const read = readNetworks(valueOf(option) ?? '', null);
  if (read.kind === 'fault') return false;
  return read.value.some((network) => isIn(network, address)) === (option.negation === null);
}

function isIn({ value, mask, family }: Network, address: string): boolean {
  const read = readNetworks(address, family);
  const own = read.kind === 'value' ? read.value[0] : undefined;
  return own !== undefined && (own.value & mask) === value;
}
