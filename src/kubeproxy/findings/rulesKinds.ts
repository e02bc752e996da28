/** What the rules themselves say is wrong. */
import type { FindingKind } from './kind.ts';

export const rulesKinds = {
  'no-endpoints': {
    title: 'A Service has no endpoints',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy knows no endpoint that could serve the Service port, so the node rejects its connections: a client sees “connection refused” at once.',
    cure: 'Look whether the selector of the Service matches Pods, and whether they are ready.',
  },
  'no-local-endpoints': {
    title: 'A Service has no endpoint on this node',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The traffic policy is Local and no endpoint runs on this node, so the node drops the connections that the policy is about: a client waits until its time is up. It is as it should be where a load balancer asks the health check of the node and sends elsewhere.',
    cure: 'Send to a node with an endpoint, run one here, or use the policy Cluster.',
  },
  'conntrack-stale': {
    title: 'A known connection leads to an endpoint that is gone',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The node’s table of connections (conntrack.txt) has a translation to an endpoint that the rules do not have any more, or a connection to a cluster IP that nothing translated. Packets of such a connection go there whatever the rules say; a UDP client that keeps its port keeps it alive.',
    cure: 'Delete the entries with `conntrack -D`, as the message says, or have the client use another port.',
  },
  'mixed-backends': {
    title: 'Kubernetes has rules in both backends of iptables',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Chains of kube-proxy or the kubelet stand in the tables of iptables-legacy and of iptables-nft. Packets pass both, and each program sees and cleans up only one: Services work now and then, or not at all.',
    cure: 'Have everybody on the node use one backend, as `iptables -V` says, then flush the other one’s tables or restart the node.',
  },
  'mode-leftovers': {
    title: 'Another mode of kube-proxy left something behind',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Sets, tables, chains or interfaces of IPVS, nftables or userspace mode are on a node that works in another mode. They are not kept up to date, and packets may go by them.',
    cure: 'Stop kube-proxy, run `kube-proxy --cleanup` on the node and start it again, or restart the node.',
  },
  'jump-missing': {
    title: 'Nothing leads to a chain of kube-proxy',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy’s chains are there, and the jump to one of them is not, which kube-proxy makes and keeps: somebody flushed or replaced a built-in chain. What the chain does no longer happens.',
    cure: 'Restart kube-proxy on the node, and find what flushes the rules: a firewall service that was reloaded, a script with `iptables -F`.',
  },
  'drops-everything': {
    title: 'A rule drops everything',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A rule without a condition drops or rejects all packets in a chain that all of them pass. Well known is KUBE-FIREWALL without its match of the mark, as one backend of iptables prints what the other one wrote.',
    cure: 'Delete the rule, and have all programs of the node use one backend of iptables.',
  },
  'forward-dropped': {
    title: 'What pods send is dropped in FORWARD',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The policy of FORWARD is DROP and nothing accepts the traffic of pods, or a rule of somebody else’s drops it before. kube-proxy only accepts what it has marked, and connections that are known: pods do not reach other nodes.',
    cure: 'Accept the traffic of pods in FORWARD, as network plugins do, or set the policy to ACCEPT.',
  },
  'masquerade-missing': {
    title: 'Service traffic is not masqueraded',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Nothing marks what has to be masqueraded, or nothing masquerades what is marked. Endpoints then answer the client past this node, and the client drops the answer.',
    cure: 'Restart kube-proxy on the node, which writes the rules anew.',
  },
  'double-masquerade': {
    title: 'Packets of an overlay are masqueraded twice',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'KUBE-POSTROUTING masquerades with `--random-fully` and leaves the mark on the packet. The packet of VXLAN that carries it has the mark too, and is masqueraded with a wrong checksum: connections take a minute to begin (k/k #88986).',
    cure: 'Update kube-proxy to 1.19 or later, or switch the checksum offload of the tunnel off.',
  },
  'duplicate-rule': {
    title: 'A rule stands there twice',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Two rules of a chain have the same matches and the same target, whatever their comments and counters. The second one does again what the first one did, or never sees a packet; a list that grows with each restart slows the node down.',
    cure: 'Delete the repeats, and update iptables where it is 1.8.0 to 1.8.2.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
