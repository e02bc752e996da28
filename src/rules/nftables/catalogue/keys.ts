/**
 * What a rule may ask besides headers: keys of `meta`, `ct`, `rt`, `socket`, `ipsec`, `fib`, with the type of each, as
 * `nft describe meta mark` tells it (nft 1.0.6; `broute`: manual of nft 1.1.1).
 */

/** `mark:mark` for each key. */
function keys(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(' ').map((word): [string, string] => {
      const [name = '', type = 'integer'] = word.split(':');
      return [name, type];
    }),
  );
}

export const metaKeys = keys(
  'length:integer protocol:ether_type nfproto:nf_proto l4proto:inet_proto priority:classid mark:mark iif:iface_index iifname:ifname iiftype:iface_type oif:iface_index oifname:ifname oiftype:iface_type skuid:uid skgid:gid rtclassid:realm ibriport:ifname obriport:ifname ibrname:ifname obrname:ifname ibrvproto:ether_type ibrpvid:integer ibrhwaddr:ether_addr pkttype:pkt_type cpu:integer iifgroup:devgroup oifgroup:devgroup cgroup:integer random:integer ipsec:boolean secpath:boolean iifkind:ifname oifkind:ifname sdif:iface_index sdifname:ifname time:time day:day hour:hour nftrace:integer secmark:integer broute:integer',
);

/** Keys that are written without `meta`; those that nft prints so are the first six (src/meta.c, `meta_key_is_unqualified`). */
export const unqualifiedKeys: ReadonlySet<string> = new Set(
  'iif oif iifname oifname iifgroup oifgroup mark iiftype oiftype skuid skgid nftrace rtclassid ibriport obriport ibrname obrname pkttype cpu cgroup time day hour'.split(
    ' ',
  ),
);

/** Those of `unqualifiedKeys` that nft prints without `meta`. */
export const bareKeys: ReadonlySet<string> = new Set('iif oif iifname oifname iifgroup oifgroup'.split(' '));

export const ctKeys = keys(
  'state:ct_state direction:ct_dir status:ct_status mark:mark expiration:time helper:string label:ct_label count:integer l3proto:nf_proto protocol:inet_proto bytes:integer packets:integer avgpkt:integer zone:integer event:ct_event id:integer secmark:integer saddr:invalid daddr:invalid proto-src:inet_service proto-dst:inet_service',
);

export const rtKeys = keys('classid:realm nexthop:invalid mtu:integer ipsec:boolean');
export const socketKeys = keys('transparent:integer mark:mark wildcard:integer cgroupv2:cgroupsv2');
export const osfKeys = keys('name:string version:string');
export const ipsecKeys = keys('reqid:integer spi:integer saddr:invalid daddr:invalid');
export const fibResults = keys('type:fib_addrtype oif:iface_index oifname:ifname check:boolean');
export const fibFlags: ReadonlySet<string> = new Set(['saddr', 'daddr', 'mark', 'iif', 'oif']);

/** Options of a TCP header: `tcp option maxseg size`. */
export const tcpOptions: ReadonlySet<string> = new Set(
  'eol nop maxseg mss window sack-perm sack sack0 sack1 sack2 sack3 timestamp echo md5sig fastopen mptcp'.split(
    ' ',
  ),
);
/** Fields of them. */
export const tcpOptionFields: ReadonlySet<string> = new Set(
  'kind length size count left right tsval tsecr subtype'.split(' '),
);
export const ipOptionFields: ReadonlySet<string> = new Set('type length value ptr addr'.split(' '));
/** Chunks of SCTP: `sctp chunk data tsn`. */
export const sctpChunks: ReadonlySet<string> = new Set(
  'data init init-ack sack heartbeat heartbeat-ack abort shutdown shutdown-ack error cookie-echo cookie-ack ecne cwr shutdown-complete asconf-ack forward-tsn asconf'.split(
    ' ',
  ),
);
export const sctpChunkFields: ReadonlySet<string> = new Set(
  'type flags length tsn stream ssn ppid init-tag a-rwnd num-outbound-streams num-inbound-streams initial-tsn cum-tsn-ack num-gap-ack-blocks num-dup-tsns lowest-tsn new-cum-tsn seqno'.split(
    ' ',
  ),
);
/** Types whose values are sets of bits: a value is then tested with "any of these" (`ct state new`), not for being equal. */
export const bitmaskTypes: ReadonlySet<string> = new Set([
  'ct_state',
  'ct_status',
  'ct_label',
  'ct_event',
  'tcp_flag',
  'bitmask',
]);
