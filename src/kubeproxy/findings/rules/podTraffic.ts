/** Which rules may be for what pods send: connections that begin, without kube-proxy’s mark, to any port. */
import type { Network } from '../../../values/address.ts';
import { readNetworks } from '../../../values/networks.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Option, Rule } from '../../../rules/iptables/nodes.ts';
import { generalOption, matchNamed, matchOption, valueOf } from '../../words/ruleView.ts';
import { covers, overlap } from './podAddresses.ts';

/** Interfaces that no pod of Kubernetes is behind: of Docker’s and libvirt’s own networks, and the loopback. */
const NOT_OF_PODS = /^(?:docker\d+|br-[\da-f]{12}|virbr\d+|lo|docker_gwbridge|lxdbr\d+)$/;

/** Matches that say nothing of what it is for. */
const HARMLESS: ReadonlySet<string> = new Set(['comment', 'physdev', 'addrtype', 'set', 'iprange', 'policy']);

/** Whether a rule may be for packets of any pod that begin a connection and have no mark of kube-proxy’s. */
export function mayBeForPods(rule: Rule, pods: readonly Network[]): boolean {
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

/** Whether a rule is for all new connections of pods to each other: it names the whole of their network, or more, at one end alone. */
export function isForAllPods(rule: Rule, pods: readonly Network[]): boolean {
  const ends = [generalOption(rule, '-s'), generalOption(rule, '-d')].filter((end) => end !== null);
  const [end] = ends;
  const isPlain = rule.matches.every((match) => STATES.has(canonicalName(match)));
  if (end === undefined || ends.length > 1 || rule.general.length > 1 || end.negation !== null) return false;
  if (!isPlain || pods.length === 0 || rule.unknown.length > 0) return false;
  const read = readNetworks(valueOf(end) ?? '', null);
  if (read.kind === 'fault') return false;
  const isNew = isForNew(matchOption(matchNamed(rule, 'conntrack'), '--ctstate'));
  return (
    isNew && pods.every((pod) => read.value.some((each) => each.family === pod.family && covers(each, pod)))
  );
}

/** What it may ask beside an address: `isForNew` looks at it. */
const STATES: ReadonlySet<string> = new Set(['comment', 'conntrack']);
