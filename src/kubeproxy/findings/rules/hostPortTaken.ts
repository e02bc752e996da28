/**
 * A host port that two Pods have: the CNI plugin portmap leaves the rules of one that went without its goodbye, and they stand
 * first. Which of the two is gone no rule tells, so that to delete the one that never matches may be the wrong cure.
 */
import type { DeadRule, Placed } from '../../../rules/iptables/reach/walk.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import {
  destinationPortOption,
  protocolOf,
  targetNameOf,
  targetOption,
  valueOf,
} from '../../words/ruleView.ts';
import type { RulesSubject } from './subject.ts';

/** `CNI-HOSTPORT-DNAT` of portmap; `KUBE-HOSTPORTS` of the kubelet before. */
const HOST_PORTS: ReadonlySet<string> = new Set(['CNI-HOSTPORT-DNAT', 'KUBE-HOSTPORTS']);

/** Sentences in place of those of `never-matches`; null for any other rule. */
export function hostPortTaken(subject: RulesSubject, { chain, rule, takers }: DeadRule): string | null {
  const [taker] = takers;
  if (!HOST_PORTS.has(chain.name) || takers.length !== 1 || taker === undefined) return null;
  const own = subject.chain('nat', targetNameOf(rule) ?? '');
  const loser = own?.rules.map((each) => destinationOf({ chain: own, rule: each })).find((to) => to !== null);
  const winner = destinationOf(taker);
  const port = valueOf(destinationPortOption(rule)) ?? '';
  if (loser === undefined || winner === null || winner === loser || port === '') return null;
  const protocol = (protocolOf(rule) ?? '').toUpperCase();
  const lead = `Host port ${port}/${protocol} is given to ${winner} and to ${loser}: rule ${taker.rule.index + 1} of ${taker.chain.name} takes all of its packets, and rule ${rule.index + 1} of ${chain.name} never matches.`;
  return `${lead} ${cureOf(subject, winner, loser)}`;
}

function cureOf(subject: RulesSubject, winner: string, loser: string): string {
  const gone = goneOf(subject, [winner, loser]);
  if (gone === null) {
    const [first, second] = [winner, loser].map((each) => readHostPort(each).address);
    return `One of them is most likely a Pod that is gone: see with "kubectl get pods -A -o wide" who has ${first} and ${second}, and delete the rules of the other.`;
  }
  const left = gone === winner ? 'the Pod that runs gets nothing' : 'they do no harm';
  return `No Pod has the address of ${gone} any more: its rules were left, and ${left}. Delete them.`;
}

/** The only one of the two whose address no Pod has; null where that is not known. */
function goneOf({ parts: { objects, coverage } }: RulesSubject, ends: readonly string[]): string | null {
  if (objects === null || !coverage.covers('pods', null)) return null;
  const gone = ends.filter((end) => {
    const { address } = readHostPort(end);
    return !objects.pods.some(({ ips }) => ips.includes(address));
  });
  return gone.length === 1 ? (gone[0] ?? null) : null;
}

function destinationOf({ rule }: Placed): string | null {
  return targetNameOf(rule) === 'DNAT' ? valueOf(targetOption(rule, '--to-destination')) : null;
}
