import type { Ruleset } from '../rules/iptables/nodes.ts';
import type { Network } from '../values/address.ts';
import { readNetwork } from '../values/networks.ts';

/** The network of the cluster's pods, and as the rules write it. */
export interface PodNetwork {
  readonly text: string;
  readonly network: Network;
}

/** So many rules are looked at: kube-proxy writes the network into one for each Service. */
const MOST_RULES = 100;

/** What tells the network: a text that such rules have, and the rule itself, maybe with counters. */
const signs: readonly { readonly text: string; readonly rule: RegExp }[] = [
  {
    // `-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.0.1/32 … -j KUBE-MARK-MASQ`; up to 1.20 in KUBE-SERVICES. The text without the
    // blank before it: a search that begins with a rare character takes a tenth of the time.
    text: '! -s ',
    rule: /^(?:\[\d+:\d+\] )?-A KUBE-(?:SVC-\S+|SERVICES) ! -s (\S+) .*-j KUBE-MARK-MASQ\b/,
  },
  // `-A KUBE-EXT-X -s 10.244.0.0/16 -m comment --comment "pod traffic for …" -j KUBE-SVC-X`, in KUBE-XLB up to 1.23.
  ...['EXT', 'XLB'].map((kind) => ({
    text: `-A KUBE-${kind}-`,
    rule: new RegExp(`^(?:\\[\\d+:\\d+\\] )?-A KUBE-${kind}-\\S+ -s (\\S+) .*-j KUBE-SV[CL]-`),
  })),
];

/**
 * The network that kube-proxy calls the cluster's own (`--cluster-cidr`): its sources are not masqueraded, and go to all
 * endpoints whatever the traffic policy. Null where no rule tells: other ways to tell pods from the rest, by interfaces or
 * not at all, name no network.
 */
export function podNetworkOf(ruleset: Ruleset | null): PodNetwork | null {
  return ruleset === null ? null : ruleset.kept.of(findNetwork);
}

function findNetwork({ text }: Ruleset): PodNetwork | null {
  for (const sign of signs) {
    let at = text.indexOf(sign.text);
    for (let seen = 0; at !== -1 && seen < MOST_RULES; seen++, at = text.indexOf(sign.text, at + 1)) {
      const start = text.lastIndexOf('\n', at) + 1;
      const end = text.indexOf('\n', at);
      const words = sign.rule.exec(text.slice(start, end === -1 ? text.length : end))?.[1] ?? '';
      const network = readNetwork(words, null);
      if (network.kind === 'value') return { text: words, network: network.value };
    }
  }
  return null;
}
