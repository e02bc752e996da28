/** What pods send each other over the node is dropped in FORWARD: by its policy, or by a rule of somebody else's. */
import type { Network } from '../../../values/address.ts';
import { readNetworks } from '../../../values/networks.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Option, Rule } from '../../../rules/iptables/nodes.ts';
import { guessOwner } from '../../owners.ts';
import { generalOption, matchNamed, matchOption, valueOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { overlap, podNetworks } from './podAddresses.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { type EndingRule, endOf } from './walk.ts';

/** Only of nodes on which kube-proxy works: elsewhere nothing need be forwarded. */
export function forwardDropped(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('filter', 'FORWARD');
  if (subject.isPart || chain === null || !hasKubeProxy(subject)) return [];
  const pods = podNetworks(subject);
  const end = endOf(subject, 'filter', 'FORWARD', (rule) => mayBeForPods(rule, pods));
  if (end === 'passes') return [];
  if (end !== 'goes on') return end.chain.name.startsWith('KUBE-') ? [] : [byRule(subject, end)];
  const { declaration } = chain;
  if (declaration?.policy?.text !== 'DROP') return [];
  return [
    ruleFinding({
      code: 'forward-dropped',
      at: subject.declarationOf(chain),
      message: `The policy of FORWARD is DROP, and no rule accepts what pods send that is neither marked by kube-proxy nor of a known connection: pods reach neither pods on other nodes nor the outside, also not through Services. Docker sets this policy. Accept the traffic of pods ("iptables -A FORWARD -s POD-CIDR -j ACCEPT" and the same with -d), or set it back with "iptables -P FORWARD ACCEPT".`,
    }),
  ];
}

function hasKubeProxy(subject: RulesSubject): boolean {
  return subject.chain('filter', 'KUBE-FORWARD') !== null || subject.chain('nat', 'KUBE-SERVICES') !== null;
}

function byRule(subject: RulesSubject, { chain, rule, target }: EndingRule): Finding {
  const owner = guessOwner('filter', chain.name);
  const whose = owner === null ? '' : `, which looks like ${owner.name}’s,`;
  const own = chain.name === 'FORWARD' ? chain.rules.slice(rule.index + 1) : [];
  return ruleFinding({
    code: 'forward-dropped',
    at: subject.at(chain, rule),
    message: `Rule ${rule.index + 1} of ${chain.name}${whose} ${target === 'REJECT' ? 'rejects' : 'drops'} everything that this node forwards${countedWords(rule)}, and nothing before it accepts what pods send: pods reach neither pods on other nodes nor the outside, also not through Services. Delete the rule, or accept the traffic of pods before it.`,
    related: own
      .slice(0, MOST_RELATED)
      .map((each) => ({ at: subject.at(chain, each), message: 'No packet gets to this rule.' })),
  });
}

const MOST_RELATED = 8;

/** Interfaces that no pod of Kubernetes is behind: of Docker’s and libvirt’s own networks, and the loopback. */
const NOT_OF_PODS = /^(?:docker\d+|br-[\da-f]{12}|virbr\d+|lo|docker_gwbridge|lxdbr\d+)$/;

/** Matches that say nothing of what it is for. */
const HARMLESS: ReadonlySet<string> = new Set(['comment', 'physdev', 'addrtype', 'set', 'iprange', 'policy']);

/** Whether a rule may be for packets of any pod that begin a connection and have no mark of kube-proxy’s. */
function mayBeForPods(rule: Rule, pods: readonly Network[]): boolean {
  if (!isOfPods(generalOption(rule, '-i')) || !isOfPods(generalOption(rule, '-o'))) return false;
  if (!mayHold(generalOption(rule, '-s'), pods) || !mayHold(generalOption(rule, '-d'), pods)) return false;
  const states = matchOption(matchNamed(rule, 'conntrack'), '--ctstate');
  const old = matchOption(matchNamed(rule, 'state'), '--state');
  if (!isForNew(states) || !isForNew(old)) return false;
  const mark = matchOption(matchNamed(rule, 'mark'), '--mark');
  if (mark !== null && mark.negation === null) return isForeignMark(mark);
  const protocol = generalOption(rule, '-p');
  if (protocol !== null && protocol.negation === null && !isForAll(protocol)) return false;
  return rule.matches.every(
    (match) => HARMLESS.has(canonicalName(match)) || !NARROW.has(canonicalName(match)),
  );
}

/** Matches that pick some connections out of all of a pod’s. */
const NARROW: ReadonlySet<string> = new Set([
  'tcp',
  'udp',
  'sctp',
  'multiport',
  'icmp',
  'icmp6',
  'limit',
  'string',
]);

function isForAll(protocol: Option): boolean {
  const name = valueOf(protocol);
  return name === 'all' || name === '0';
}

/** The marks that network plugins accept by are their own: what sets them is not followed here. */
function isForeignMark(mark: Option): boolean {
  return !/^(?:0x4000|0x00004000|16384)(?:\/|$)/i.test(valueOf(mark) ?? '');
}

function isOfPods(option: Option | null): boolean {
  return option === null || option.negation !== null || !NOT_OF_PODS.test(valueOf(option) ?? '');
}

function isForNew(states: Option | null): boolean {
  if (states === null) return true;
  const names = (valueOf(states) ?? '').split(',');
  return names.includes('NEW') === (states.negation === null);
}

/** Where nothing tells where pods are, every network may hold some. */
function mayHold(option: Option | null, pods: readonly Network[]): boolean {
  if (option === null || option.negation !== null || pods.length === 0) return true;
  const read = readNetworks(valueOf(option) ?? '', null);
  if (read.kind === 'fault') return true;
  return read.value.some((each) => pods.some((pod) => pod.family === each.family && overlap(each, pod)));
}
