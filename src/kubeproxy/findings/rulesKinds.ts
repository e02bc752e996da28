/** What the rules themselves say is wrong. */
import type { FindingKind } from './kind.ts';

export const rulesKinds = {
  'no-endpoints': {
    title: 'A Service has no endpoints',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy knows no endpoint that could serve the Service port, so the node rejects its connections: a client sees “connection refused” at once, unless something keeps the refusal from it, which the message then says. Where the objects tell why (`selector-matches-nothing`, `pods-not-ready`, `target-port-missing`), the message says it: both codes stand in JSON and SARIF, and `check` tells them as one.',
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
  'virtual-address-missing': {
    title: 'An address at which Services are taken is not the node’s',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'IPVS takes a packet from outside or from a Pod only where routing delivers it to the node: the address must be one of an interface, which kube-proxy sees to with kube-ipvs0. Without it such packets are routed past the virtual server, while the node itself still gets through. In nftables mode set nodeport-ips has the addresses at which node ports are taken: one that no interface has helps nobody, and what passes the node on its way there is taken for a node port.',
    cure: 'Restart kube-proxy, and look who takes addresses off kube-ipvs0, or off the node.',
  },
  'ipset-entry-missing': {
    title: 'A set of kube-proxy lacks the address of a virtual server',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'In IPVS mode the rules of kube-proxy tell Services by sets (KUBE-CLUSTER-IP, KUBE-LOAD-BALANCER, KUBE-EXTERNAL-IP). An address of kube-ipvs0 has a virtual server and stands in none of them: what is sent there is not masqueraded, and since 1.27 rejected where it comes from pods and other machines. Or a node port stands in none of KUBE-NODE-PORT-TCP, -UDP and -SCTP-HASH, and what comes there is not masqueraded.',
    cure: 'Restart kube-proxy, which writes its sets anew, and look who changes them.',
  },
  'server-drained': {
    title: 'A server of IPVS gets no new connections',
    severity: 'information',
    layer: 'rules',
    meaning:
      'A real server has the weight 0: connections that it has go on, new ones go to others. kube-proxy does so with an endpoint that was taken away, as long as it has connections.',
    cure: 'Nothing, unless it stays so: then see with `ipvsadm -Lnc` who holds the connections.',
  },
  'ipvs-deprecated': {
    title: 'kube-proxy works in IPVS mode, which is deprecated',
    severity: 'information',
    layer: 'rules',
    meaning:
      'IPVS mode is deprecated since Kubernetes 1.35; nftables mode is to take its place. The message says what a move would change for this node, by its virtual servers.',
    cure: 'Set `mode: nftables` in the configuration of kube-proxy where the kernel is 5.13 or newer, node by node, and restart each node or run `kube-proxy --cleanup` before.',
  },
  'ipvs-unread': {
    title: 'A line of ipvsadm’s listing is not read',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The listing of virtual servers has a line that is not understood, or names where `-n` prints numbers. What it holds is in no trace and no Service.',
    cure: 'Save the listing with `ipvsadm -Sn > ipvsadm-save.txt`.',
  },
  'conntrack-stale': {
    title: 'A known connection leads to an endpoint that is gone',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The node’s table of connections (conntrack.txt) has a translation to an endpoint that the rules do not have any more, or a connection to a cluster IP that nothing translated. Packets of such a connection go there whatever the rules say; a UDP client that keeps its port keeps it alive.',
    cure: 'Delete the entries with `conntrack -D`, as the message says, or have the client use another port.',
  },
  'node-local-dns-missing': {
    title: 'Rules of NodeLocal DNSCache without its address',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The rules let queries to the addresses of NodeLocal DNSCache (169.254.20.10, and the cluster IP of DNS) past conntrack, and no interface of the node has such an address: nobody answers there, and nothing translates what is sent there. The Pod of node-local-dns that made the rules ended without taking them along, or lost its interface.',
    cure: 'Look at the Pod of node-local-dns on the node; where it is not meant to run, delete its rules.',
  },
  'conntrack-full': {
    title: 'The table of connections is full',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The node tracks as many connections as it may, or nearly so (`nf_conntrack_count` and `nf_conntrack_max` in sysctl.txt). The kernel drops the first packet of a connection that finds no room: Services, DNS above all, fail now and then, whatever the rules say.',
    cure: 'Raise `net.netfilter.nf_conntrack_max`, which kube-proxy sets by `--conntrack-max-per-core` and `--conntrack-min`, and look with `conntrack -L` who opens so many.',
  },
  'port-shadowed': {
    title: 'A node port or host port takes the port of a process',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A process of the node listens at a port (`ss` or `netstat`, sockets.txt) that a Service has as its node port, or a Pod as its host port. The rules translate what comes there before a socket is looked for: clients of the process get the Pods of the other instead, and on the node itself 127.0.0.1 may still be the process. What kube-proxy, the kubelet and Docker open themselves to keep such a port is left out.',
    cure: 'Give the process, or the Service or Pod, another port: node ports are those of `--service-node-port-range`, 30000 to 32767 unless it is set.',
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
      'kube-proxy’s chains are there, and the jump to one of them is not, which kube-proxy makes and keeps: somebody flushed or replaced a built-in chain. In nftables mode it is the base chain at a hook, its jump, or the element of a map that is gone, or a base chain behind the translation that its rules have to come before. What the chain does no longer happens.',
    cure: 'Restart kube-proxy on the node, and find what flushes the rules: a firewall service that was reloaded, a script with `iptables -F` or `nft flush`.',
  },
  'drops-everything': {
    title: 'A rule drops everything',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A rule without a condition drops or rejects all packets in a chain that all of them pass. Well known is KUBE-FIREWALL without its match of the mark, as one backend of iptables prints what the other one wrote. In native tables it is a base chain whose first rule that decides has no condition, or whose policy is drop and which accepts nothing: what another table accepts does not help.',
    cure: 'Delete the rule, or accept before it what is to get through, and have all programs of the node use one backend of iptables.',
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
  'never-matches': {
    title: 'A rule never matches',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'No packet gets to the rule that it could match, so that it has no effect: rules before it take all of them, in its own chain or on the way there, kube-proxy translates them before its table is asked, or none of what is led to its chain is what it asks for. It is proved over sets of packets, by addresses, ports, protocols, interfaces, states of connections and questions in the same words; what is not said here may be without effect all the same. Packets of state INVALID, which nothing translates, are left out where a translation is the reason. In native chains of nftables it is proved of rules behind one of the same chain that takes all that they are for; in tables of others than kube-proxy that is a note.',
    cure: 'Put the rule before those that take its packets, ask for what the packets are where it stands, or delete it.',
  },
  'duplicate-rule': {
    title: 'A rule stands there twice',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Two rules of a chain have the same matches and the same target, whatever their comments and counters. The second one does again what the first one did, or never sees a packet; a list that grows with each restart slows the node down. In native tables of others than kube-proxy it is a note.',
    cure: 'Delete the repeats, and update iptables where it is 1.8.0 to 1.8.2; with nftables begin the file that is loaded with a flush of its table.',
  },
  'rules-frozen': {
    title: 'Rules of kube-proxy are loaded by halves',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Service rules lead to chains that are empty or not there, or kube-proxy’s chains hold no Service at all: a restore failed, and what changes in the cluster does not get into the rules. In nftables mode a map leads to a chain that was emptied. Connections to some Services or endpoints fail or hang.',
    cure: 'Read the log of kube-proxy on the node: it says which line `iptables-restore` or `nft` did not take.',
  },
  'frontend-conflict': {
    title: 'Two Services have one address and port',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'Rules for two Services take the same address, port and protocol. The first one gets all connections, the other one none (k/k #69599).',
    cure: 'Give one of the two another node port, external IP or load-balancer IP.',
  },
  'hairpin-unmasked': {
    title: 'An endpoint cannot reach itself through its Service',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The chain of the endpoint lacks the rule that marks the endpoint’s own packets to be masqueraded. In nftables mode since 1.36 the set `hairpin-connections` lacks the endpoint, or nothing masquerades by it. When it is balanced to itself it gets a packet from its own address and drops it: connections to the own Service hang now and then.',
    cure: 'Restart kube-proxy on the node, which writes the rule anew.',
  },
  'hairpin-off': {
    title: 'The bridge of pods has hairpin mode off',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A frame does not leave a bridge by the port that it came in by unless that port has hairpin mode (`bridge -d link`). A pod that is balanced to itself through its Service gets no answer (k/k #20475).',
    cure: 'Set `"hairpinMode": true` in the configuration of the bridge plugin, or `bridge link set dev PORT hairpin on`.',
  },
  'uneven-shares': {
    title: 'Endpoints do not share evenly',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The probabilities of a Service’s rules give some endpoint more than its part, or leave connections over that fall through and reach no endpoint. Of n endpoints kube-proxy writes 1/n, 1/(n-1) … 1/2 and none at the last one, which is even; in nftables mode it draws one of n numbers, each with an element of its own.',
    cure: 'Restart kube-proxy on the node, which writes the rules anew, and find who edits them.',
  },
  'affinity-dead-endpoint': {
    title: 'Clients are kept at an endpoint that is gone',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A Service with session affinity has a rule for remembered clients of an endpoint to which it balances no new ones. These clients go on being sent there, and wait in vain.',
    cure: 'Restart kube-proxy on the node, and empty the list in /proc/net/xt_recent, or the set of nftables, as the message says.',
  },
  'source-ranges-shut': {
    title: 'Source ranges let nobody in',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'The chain of a Service with loadBalancerSourceRanges lets no source in before it drops, or, as a note, one only behind the rule that has marked everything to be dropped.',
    cure: 'Look at loadBalancerSourceRanges of the Service: a range is missing, or is one of the other address family.',
  },
  'node-port-localhost': {
    title: 'Node ports do not work at 127.0.0.1',
    severity: 'information',
    layer: 'rules',
    meaning:
      'The rules leave 127.0.0.0/8 out of node ports, or the kernel drops what leaves the loopback (`route_localnet` is 0). Processes of the node do not reach node ports at localhost.',
    cure: 'Use another address of the node, or the cluster IP. kube-proxy’s `--iptables-localhost-nodeports` and `--nodeport-addresses` decide it.',
  },
  'hash-mismatch': {
    title: 'A chain is not called as kube-proxy calls it',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy names the chains of Services and endpoints by a hash of Service, port, protocol and endpoint. A rule says that its chain is for something of which it is not the hash, or, in nftables mode, the chain of an endpoint translates to another one than its name says: rules were edited by hand, or put together from two nodes.',
    cure: 'Restart kube-proxy on the node, which writes its rules anew.',
  },
  'cluster-cidr-mismatch': {
    title: 'The cluster CIDR is not where the pods are',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'kube-proxy tells pods from others by a network that does not hold the pods of this node. Their traffic to Services is masqueraded, and endpoints and network policies see the node’s address.',
    cure: 'Set `--cluster-cidr` (`clusterCIDR` of the ConfigMap kube-proxy) to the network that the network plugin gives to pods.',
  },
  'mark-conflict': {
    title: 'Somebody else changes kube-proxy’s mark',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A rule of another owner sets the bit by which kube-proxy knows what to masquerade, or takes it away before it is read. Too much or too little is masqueraded then.',
    cure: 'Have one of the two use other bits: `--iptables-masquerade-bit` (`nftables.masqueradeBit` in nftables mode), or a mask at the other one’s mark.',
  },
  'reply-untracked': {
    title: 'Service traffic is taken out of conntrack',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A rule of table raw with NOTRACK is for packets to a Service, or for answers of its endpoints. What is not tracked is neither translated nor translated back.',
    cure: 'Narrow the rule so that it leaves out cluster IPs, node ports and pods, or delete it.',
  },
  'published-port-bypass': {
    title: 'A blocked port is translated before',
    severity: 'warning',
    layer: 'rules',
    meaning:
      'A rule in INPUT is to block a port that Docker, a CNI plugin or kube-proxy translates in PREROUTING. Its packets are forwarded and never come to INPUT: the port is open.',
    cure: 'Block it where its packets pass: in DOCKER-USER or FORWARD by `--ctorigdstport`, in raw PREROUTING, or by publishing it at one address only.',
  },
  'unreferenced-chain': {
    title: 'No rule leads to a chain',
    severity: 'information',
    layer: 'rules',
    meaning:
      'A chain has rules that no packet gets to. An older release of kube-proxy, or a program that was removed, has left it; or its jump was deleted by mistake.',
    cure: 'Put the jump back, or delete the chain. It harms nobody.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
