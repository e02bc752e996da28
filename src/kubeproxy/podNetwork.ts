import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { Network } from '../values/address.ts';
import { readNetwork } from '../values/networks.ts';

/** The network of the cluster's pods, and as the rules write it. */
export interface PodNetwork {
  readonly text: string;
  readonly network: Network;
}

/** So many negated sources are looked at. */
const MOST_RULES = 100;

/** Without the blank before it: a search that begins with a rare character takes a tenth of the time. */
const NEGATED = '! -s ';

/** `-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.0.1/32 … -j KUBE-MARK-MASQ`; up to 1.20 in KUBE-SERVICES. Maybe with counters. */
const MASQUERADE = /^(?:\[\d+:\d+\] )?-A KUBE-(?:SVC-\S+|SERVICES) ! -s (\S+) .*-j KUBE-MARK-MASQ\b/;

/**
 * The network whose sources kube-proxy does not masquerade (`--cluster-cidr`). Null where no rule tells: other ways to tell
 * pods from the rest, by interfaces or not at all, name no network.
 */
export function podNetworkOf(ruleset: Ruleset | null): PodNetwork | null {
  return ruleset === null ? null : ruleset.kept.of(findNetwork);
}

function findNetwork({ text }: Ruleset): PodNetwork | null {
  let at = text.indexOf(NEGATED);
  for (let seen = 0; at !== -1 && seen < MOST_RULES; seen++, at = text.indexOf(NEGATED, at + 1)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf('\n', at);
    const words = MASQUERADE.exec(text.slice(start, end === -1 ? text.length : end))?.[1] ?? '';
    const network = readNetwork(words, null);
    if (network.kind === 'value') return { text: words, network: network.value };
  }
  return null;
}
