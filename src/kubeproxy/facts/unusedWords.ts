/** Words for why a text is not used as a fact of a node. */
import type { ContentKind } from './contentKind.ts';
import type { Lacking, Unused } from './nodeFacts.ts';

/** What can be done with a text that holds something else than facts, as a clause with its full stop; by what it holds. */
export type Remedies = Partial<Readonly<Record<ContentKind, string>>>;

const WHAT_IS_READ =
  'Read are the outputs of ip addr, ip route, ip rule, ifconfig, route -n, ipset, sysctl -a, bridge -d link, conntrack -L, nft list ruleset, and of kubectl get, also with -o yaml or json, and describe service.';

const lackingWords: Readonly<Record<Lacking, string>> = {
  'connection-events':
    'holds events of connections ("conntrack -E"): they do not tell all that the node knows, "conntrack -L" does.',
  'route-answers':
    'holds answers of "ip route get", of one destination each: they do not tell the other routes, "ip route show table all" does.',
  'old-ipv6-routes':
    'holds routes of IPv6 as "route -6" prints them, of all tables without saying which is of which: "ip -6 route show table all" tells it.',
};

/** What follows the text's name in a sentence: `is empty: there are no facts in it.` Not of what lies doubled beside the rules. */
export function unusedWords(unused: Exclude<Unused, { kind: 'doubled' }>, remedies: Remedies): string {
  switch (unused.kind) {
    case 'empty':
      return 'is empty: there are no facts in it.';
    case 'unknown':
      return `holds no facts that are known: it begins with "${unused.begins}". ${WHAT_IS_READ}`;
    case 'lacking':
      return lackingWords[unused.of];
    default:
      return `holds ${unused.what}, no facts: ${remedies[unused.of] ?? 'it is not used.'}`;
  }
}
