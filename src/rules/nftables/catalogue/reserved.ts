/** Words that no table, chain, set, object or define can be called, since nft reads them as its own (asked of nft 1.0.6). */
export const reservedWords: ReadonlySet<string> = new Set(
  'accept add ah all and arp auto-merge bridge cgroup chain comment comp constant continue counter cpu create ct day dccp define delete describe device devices dnat drop dst dup dynamic ecn element elements eq esp ether exists expires export exthdr fib flags flow flowtable flush frag fwd gc-interval ge get goto gt handle hbh hook hour ibriport ibrname icmp icmpv6 igmp iif iifgroup iifname iiftype import include index inet insert interval ip ip6 ipsec jhash jump le limit list log lshift lt map mark masquerade meta meter mh missing monitor ne netdev nftrace not notrack numgen obriport obrname offload oif oifgroup oifname oiftype or osf pkttype policy position priority queue quota random redefine redirect reject rename replace reset return rshift rt rt0 rt2 rtclassid rule ruleset sctp secmark set size skgid skuid snat socket srh symhash synproxy table tcp th time timeout tproxy type typeof udp udplite undefine update vlan vmap xor xt'.split(
    ' ',
  ),
);

/** Of these the words that are the number of a protocol wherever a value stands (src/parser_bison.y, `primary_rhs_expr`). */
export const protocolWords: ReadonlySet<string> = new Set(
  'ah comp dccp esp icmp icmpv6 igmp sctp tcp udp udplite'.split(' '),
);

/** Of these the words that may stand for a value all the same. */
export const reservedValues: ReadonlySet<string> = new Set(
  'ah arp comp dccp dnat ecn esp ether exists icmp icmpv6 igmp ip ip6 missing redirect reset sctp snat tcp udp udplite vlan'.split(
    ' ',
  ),
);
