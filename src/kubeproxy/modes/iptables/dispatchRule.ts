/**
 * HOT PATH, written for speed: what a rule says that hands a Service's traffic on or refuses it. kube-proxy writes 10,000 of
 * them in one chain, all alike: a line in the very words of iptables-save is read by one pattern, in a tenth of the time
 * that its words take. Any other line is read word by word.
 */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { onePort } from '../../../values/ports.ts';
import {
  commentOf,
  destinationAddressOf,
  destinationPortOf,
  hostInText,
  protocolOf,
  targetNameOf,
} from '../../words/ruleView.ts';

export interface DispatchRule {
  /** The chain or target that it ends in. */
  readonly target: string;
  /** The one address of `-d`, without its mask; null where it names none, or a network. */
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  /** Empty without one. */
  readonly comment: string;
}

/** Null for a rule without a target, one port or one protocol. `text` is that of the rule's ruleset. */
export function readDispatchRule(rule: Rule, text: string): DispatchRule | null {
  const found = CANONICAL.exec(text.slice(rule.start, rule.end));
  const port = onePort(found?.[4] ?? null);
  const [, address, protocol, comment, , target] = found ?? [];
  if (port === null || protocol === undefined || comment === undefined || target === undefined)
    return readByWords(rule);
  return { target, address: address === undefined ? null : hostInText(address), port, protocol, comment };
}

/** A comment with a slash is no hash of a rule, which `commentOf` leaves out. */
const CANONICAL =
  /^(?:\[\d+:\d+\] )?-A KUBE-[A-Z-]+(?: -d ([\da-f.:/]+))? -p (tcp|udp|sctp) -m comment --comment "([^"\\/]+\/[^"\\]+)" -m \2 --dport (\d+)(?: -m nfacct --nfacct-name {1,2}\w+)? -j (KUBE-[A-Z2-7-]+|DROP|REJECT(?= --reject-with [\w-]+$))(?: --reject-with [\w-]+)?$/u;

/** The same, word by word. */
export function readByWords(rule: Rule): DispatchRule | null {
  const target = targetNameOf(rule);
  const port = destinationPortOf(rule);
  const protocol = protocolOf(rule);
  if (target === null || port === null || protocol === null) return null;
  return { target, address: destinationAddressOf(rule), port, protocol, comment: commentOf(rule) };
}
