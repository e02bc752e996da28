/** Words that stand for numbers, by the type of value in which they do, as `nft describe ct state` lists them (nft 1.0.6). */
import { PROTOCOLS } from '../../../values/names.ts';
import { servicePorts } from '../../../values/services.ts';

/** `new:8 established:2`; the numbers in the order of the network where the type has more than a byte. */
function constants(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(' ').map((word): [string, number] => {
      const at = word.lastIndexOf(':');
      return [word.slice(0, at), Number(word.slice(at + 1))];
    }),
  );
}

export const constantsOfTypes: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  ['tcp_flag', constants('fin:1 syn:2 rst:4 psh:8 ack:16 urg:32 ecn:64 cwr:128')],
  ['ct_state', constants('invalid:1 new:8 established:2 related:4 untracked:64')],
  ['ct_status', constants('expected:1 seen-reply:2 assured:4 confirmed:8 snat:16 dnat:32 dying:512')],
  ['ct_dir', constants('original:0 reply:1')],
  [
    'ct_event',
    constants(
      'new:1 related:2 destroy:4 reply:8 assured:16 protoinfo:32 helper:64 mark:128 seqadj:256 secmark:512 label:1024',
    ),
  ],
  [
    'icmp_type',
    constants(
      'echo-reply:0 destination-unreachable:3 source-quench:4 redirect:5 echo-request:8 router-advertisement:9 router-solicitation:10 time-exceeded:11 parameter-problem:12 timestamp-request:13 timestamp-reply:14 info-request:15 info-reply:16 address-mask-request:17 address-mask-reply:18',
    ),
  ],
  [
    'icmp_code',
    constants(
      'net-unreachable:0 host-unreachable:1 prot-unreachable:2 port-unreachable:3 net-prohibited:9 host-prohibited:10 admin-prohibited:13 frag-needed:4',
    ),
  ],
  [
    'icmpv6_type',
    constants(
      'destination-unreachable:1 packet-too-big:2 time-exceeded:3 parameter-problem:4 echo-request:128 echo-reply:129 mld-listener-query:130 mld-listener-report:131 mld-listener-done:132 mld-listener-reduction:132 nd-router-solicit:133 nd-router-advert:134 nd-neighbor-solicit:135 nd-neighbor-advert:136 nd-redirect:137 router-renumbering:138 ind-neighbor-solicit:141 ind-neighbor-advert:142 mld2-listener-report:143',
    ),
  ],
  [
    'icmpv6_code',
    constants(
      'no-route:0 admin-prohibited:1 addr-unreachable:3 port-unreachable:4 policy-fail:5 reject-route:6',
    ),
  ],
  ['icmpx_code', constants('port-unreachable:1 admin-prohibited:3 no-route:0 host-unreachable:2')],
  [
    'igmp_type',
    constants(
      'membership-query:17 membership-report-v1:18 membership-report-v2:22 membership-report-v3:34 leave-group:23',
    ),
  ],
  [
    'dccp_pkttype',
    constants('request:0 response:1 data:2 ack:3 dataack:4 closereq:5 close:6 reset:7 sync:8 syncack:9'),
  ],
  [
    'mh_type',
    constants(
      'binding-refresh-request:0 home-test-init:1 careof-test-init:2 home-test:3 careof-test:4 binding-update:5 binding-acknowledgement:6 binding-error:7 fast-binding-update:8 fast-binding-acknowledgement:9 fast-binding-advertisement:10 experimental-mobility-header:11 home-agent-switch-message:12',
    ),
  ],
  [
    'dscp',
    constants(
      'cs0:0 cs1:8 cs2:16 cs3:24 cs4:32 cs5:40 cs6:48 cs7:56 df:0 be:0 lephb:1 af11:10 af12:12 af13:14 af21:18 af22:20 af23:22 af31:26 af32:28 af33:30 af41:34 af42:36 af43:38 va:44 ef:46',
    ),
  ],
  ['ecn', constants('not-ect:0 ect1:1 ect0:2 ce:3')],
  ['ether_type', constants('ip:2048 arp:2054 ip6:34525 8021q:33024 8021ad:34984 vlan:33024')],
  ['nf_proto', constants('ipv4:2 ipv6:10')],
  ['arp_op', constants('request:1 reply:2 rrequest:3 rreply:4 inrequest:8 inreply:9 nak:10')],
  ['pkt_type', constants('host:0 unicast:0 broadcast:1 multicast:2 other:3')],
  ['iface_type', constants('ether:1 ppp:512 ipip:768 ipip6:769 loopback:772 sit:776 ipgre:778')],
  [
    'fib_addrtype',
    constants(
      'unspec:0 unicast:1 local:2 broadcast:3 anycast:4 multicast:5 blackhole:6 unreachable:7 prohibit:8',
    ),
  ],
  ['day', constants('Sunday:0 Monday:1 Tuesday:2 Wednesday:3 Thursday:4 Friday:5 Saturday:6')],
  ['boolean', constants('exists:1 missing:0')],
  // By the files of the machine: /etc/protocols, /etc/services.
  ['inet_proto', PROTOCOLS],
  ['inet_service', servicePorts],
]);

/** Of `log level`. */
export const logLevels: readonly string[] = 'emerg alert crit err warn notice info debug audit'.split(' ');
