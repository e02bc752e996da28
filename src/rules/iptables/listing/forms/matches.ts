/** The print functions of the matches: extensions/libxt_X.c, libipt_X.c and libip6t_X.c of iptables 1.4 to 1.8. */
import { form, items, type ListedForm } from './form.ts';

const ports = (name: string, more = ''): string =>
  `${name}(?: spts?:{!}{--sport:port})?(?: dpts?:{!}{--dport:port})?${more}`;

/** `TTL match TTL == 64` */
const compared = (start: string, option: string): string =>
  `${start} (?:== {--${option}-eq}|{!:!= }{--${option}-eq}|< {--${option}-lt}|> {--${option}-gt})`;

const bounds = (unit: string): readonly string[] => [
  `{!}${unit}-eq {--${unit}-eq}`,
  `${unit}-lt {--${unit}-lt}`,
  `${unit}-gt {--${unit}-gt}`,
];

/** `! lt`, of rateest. */
const mode = '{!}(?:{--rateest-lt=lt}|{--rateest-gt=gt}|{--rateest-eq=eq})';

const conntrackNetworks = ['ctorigsrc', 'ctorigdst', 'ctreplsrc', 'ctrepldst'];

export const matchForms: readonly ListedForm[] = [
  ...form('comment', '/\\* {--comment:comment} ?\\*/'),
  ...form('tcp', ports('tcp', '(?: option={!}{--tcp-option})?(?: flags:{!}{--tcp-flags:flags})?')),
  ...form('udp', ports('udp')),
  ...form('udplite', ports('udplite')),
  ...form('sctp', ports('sctp', '(?: {!}{--chunk-types:chunks})?')),
  ...form('dccp', ports('dccp', '(?: {!}{--dccp-types:dccpTypes})?(?: option={!}{--dccp-option})?')),
  ...form(
    'multiport',
    'multiport (?:sports {!}{--sports:ports}|dports {!}{--dports:ports}|ports {!}{--ports:ports})',
  ),
  ...items(
    'conntrack',
    '{!}ctstate {--ctstate}',
    '{!}ctproto {--ctproto:protocol}',
    ...conntrackNetworks.map((name) => `{!}${name} {--${name}:network}`),
    ...conntrackNetworks.map((name) => `{!}${name}port {--${name}port:port}`),
    '{!}ctstatus {--ctstatus}',
    '{!}ctexpire {--ctexpire}',
    'ctdir {--ctdir}',
  ),
  ...form('state', '{!}state {--state}'),
  ...form('mark', '(?:mark|MARK) match {!}{--mark}'),
  ...form('connmark', '(?:connmark|CONNMARK) match {!}{--mark}'),
  ...form('connlabel', "{!}connlabel '?{--label:label}'?(?: {--set=set})?"),
  ...form(
    'connbytes',
    '{!}connbytes {--connbytes}(?: connbytes mode {--connbytes-mode})?(?: connbytes direction {--connbytes-dir})?',
  ),
  ...form(
    'connlimit',
    '#conn ?(?:{--connlimit-saddr=src}|{--connlimit-daddr=dst})?/{--connlimit-mask} (?:> {--connlimit-above}|<= {--connlimit-upto}|{!:!> }{--connlimit-above})',
  ),
  ...form(
    'addrtype',
    'ADDRTYPE match(?: src-type {!}{--src-type})?(?: dst-type {!}{--dst-type})?(?: {--limit-iface-in=limit-in})?(?: {--limit-iface-out=limit-out})?',
  ),
  ...items('iprange', '{!}source IP range {!}{--src-range}', '{!}destination IP range {!}{--dst-range}'),
  ...form(
    'set',
    [
      '{!}match-set {--match-set:twoWords}(?: {--return-nomatch=return-nomatch})?',
      '(?: {!}{--update-counters=update-counters})?(?: {!}{--update-subcounters=update-subcounters})?',
      ...[...bounds('packets'), ...bounds('bytes')].map((each) => `(?: ${each})?`),
    ].join(''),
  ),
  ...form(
    'statistic',
    'statistic mode {--mode=random>random}(?: {!}probability {--probability:probability})?',
    'statistic mode {--mode=nth>nth} {!}every {--every}(?: packet {--packet}|{--packet=>0})',
  ),
  ...form(
    'recent',
    [
      '{!}recent: (?:{--set=SET}|{--rcheck=CHECK}|{--update=UPDATE}|{--remove=REMOVE})',
      '(?: seconds: {--seconds})?(?: {--reap=reap})?(?: hit_count: {--hitcount})?(?: {--rttl=TTL-Match})?',
      '(?: name: {--name})?(?: side: (?:{--rsource=source}|{--rdest=dest}))?(?: mask: {--mask})?',
    ].join(''),
  ),
  ...form(
    'hashlimit',
    [
      'limit: (?:up to {--hashlimit-upto}|above {--hashlimit-above}) burst {--hashlimit-burst}',
      '(?: mode {--hashlimit-mode:dashed})?(?: htable-size {--hashlimit-htable-size})?',
      '(?: htable-max {--hashlimit-htable-max})?(?: htable-gcinterval {--hashlimit-htable-gcinterval})?',
      '(?: htable-expire {--hashlimit-htable-expire})?(?: srcmask {--hashlimit-srcmask})?',
      '(?: dstmask {--hashlimit-dstmask})?(?: {--hashlimit-rate-match=rate-match})?',
      '(?: rate-interval {--hashlimit-rate-interval})?',
    ].join(''),
    'limit: avg {--hashlimit-upto} burst {--hashlimit-burst} mode {--hashlimit-mode:dashed}(?: htable-[a-z]+ \\d+)*',
  ),
  ...form('limit', 'limit: avg {--limit} burst {--limit-burst:burst}'),
  ...form(
    'rateest',
    `rateest match {--rateest} bps {--rateest-bps:bytesPerSecond} ${mode}`,
    `rateest match {--rateest} pps ${mode} {--rateest-pps:number}`,
    `rateest match {--rateest} {--rateest-delta=delta} bps {--rateest-bps1:bytesPerSecond} {--rateest-bps2:bytesPerSecond} ${mode}`,
    `rateest match {--rateest} {--rateest-delta=delta} pps {--rateest-pps1:number} ${mode} {--rateest-pps2:number}`,
    `rateest match {--rateest1} {--rateest-delta=delta} bps {--rateest-bps1:bytesPerSecond} ${mode} {--rateest2} bps {--rateest-bps2:bytesPerSecond}`,
    `rateest match {--rateest1} {--rateest-delta=delta} pps {--rateest-pps1:number} ${mode} {--rateest2} pps {--rateest-pps2:number}`,
    `rateest match {--rateest1} {--rateest-bps=bps} ${mode} {--rateest2} bps`,
    `rateest match {--rateest1} {--rateest-pps=pps} ${mode} {--rateest2} pps`,
  ),
  ...items(
    'owner',
    '{!}owner UID match {--uid-owner}',
    '{!}owner GID match {--gid-owner}',
    '{!}{--socket-exists=owner socket exists}',
    '{--suppl-groups=incl\\. suppl\\. groups}',
  ),
  ...form(
    'physdev',
    [
      'PHYSDEV match(?: {!}{--physdev-is-in=--physdev-is-in})?(?: {!}--physdev-in {--physdev-in})?',
      '(?: {!}{--physdev-is-out=--physdev-is-out})?(?: {!}--physdev-out {--physdev-out})?',
      '(?: {!}{--physdev-is-bridged=--physdev-is-bridged})?',
    ].join(''),
  ),
  ...form('icmp', 'icmptype {!}{--icmp-type:icmp}', 'icmp {!}(?:type )?{--icmp-type:icmp}'),
  ...form('icmp6', 'ipv6-icmptype {!}{--icmpv6-type:icmp6}', 'ipv6-icmp {!}(?:type )?{--icmpv6-type:icmp6}'),
  ...form('length', '{!}length {!}{--length}'),
  ...form('ttl', compared('TTL match TTL', 'ttl')),
  ...form('hl', compared('HL match HL', 'hl')),
  ...form('tos', 'tos match ?{!}{--tos}'),
  ...form('dscp', 'DSCP match {!}{--dscp}'),
  ...form(
    'ecn',
    'ECN match(?: {!}{--ecn-tcp-ece=ECE})?(?: {!}{--ecn-tcp-cwr=CWR})?(?: {!}ECT={--ecn-ip-ect})?',
  ),
  ...form('mac', 'MAC {!}{--mac-source}'),
  ...form('pkttype', 'PKTTYPE (?:= |{!:!= }){--pkt-type}'),
  ...form('realm', '{!}realm {!}{--realm}'),
  ...form('u32', 'u32 {!}"{--u32:plainQuoted}"'),
  ...form(
    'string',
    'STRING match {!}"{--hex-string:hexString}" ALGO name {--algo}(?: FROM {--from})?(?: TO {--to:lastByte})?(?: {--icase=ICASE})?',
    'STRING match {!}"{--string:escaped}" ALGO name {--algo}(?: FROM {--from})?(?: TO {--to:lastByte})?(?: {--icase=ICASE})?',
  ),
  ...form('bpf', 'match bpf pinned {--object-pinned}', 'match bpf {--bytecode:bytecode}\\0? ?'),
  ...form('quota', 'quota: {!}{--quota} bytes'),
  ...form('helper', 'helper match {!}"{--helper:plainQuoted}"'),
  ...form('cpu', '{!}cpu {!}{--cpu}'),
  ...form('cgroup', 'cgroup {!}(?:{--cgroup:number}|{--path})'),
  ...form(
    'cluster',
    'cluster {!}node_mask={--cluster-local-nodemask} total_nodes={--cluster-total-nodes} hash_seed={--cluster-hash-seed}',
  ),
  ...items('devgroup', '{!}src-group {--src-group}', '{!}dst-group {--dst-group}'),
  ...form('tcpmss', 'tcpmss match {!}{--mss}'),
  ...form('osf', 'OS fingerprint match {!}{--genre}'),
  ...form('nfacct', 'nfacct-name {--nfacct-name}'),
  ...form(
    'socket',
    'socket(?: {--nowildcard=--nowildcard})?(?: {--transparent=--transparent})?(?: {--nowildcard=--nowildcard})?(?: {--restore-skmark=--restore-skmark})?',
  ),
  ...form(
    'rpfilter',
    'rpfilter(?: {--loose=loose})?(?: {--validmark=validmark})?(?: {--accept-local=accept-local})?(?: {--invert=invert})?',
  ),
  ...form(
    'time',
    [
      'TIME(?: from {--timestart} to {--timestop})?(?: on {!}{--weekdays:days})?(?: on {!}{--monthdays:monthDays})?',
      '(?: starting from {--datestart:date})?(?: until date {--datestop:date})?(?: UTC|{--kerneltz=(?! UTC)})',
      '(?: {--contiguous=contiguous})?',
    ].join(''),
  ),
  ...form('policy', 'policy match dir {--dir} pol {--pol}(?: {--strict=strict})?'),
  ...items(
    'policy',
    '\\[0\\]',
    '{--next=\\[[1-9]\\]}',
    '{!}reqid {--reqid}',
    '{!}spi {--spi}',
    '{!}proto {--proto:policyProtocol}',
    '{!}mode {--mode}',
    '{!}tunnel-src {--tunnel-src}',
    '{!}tunnel-dst {--tunnel-dst}',
  ),
  ...items(
    'ipvs',
    '{!}{--ipvs=ipvs}',
    '{!}vproto {--vproto:protocol}',
    '{!}vaddr {--vaddr:network}',
    '{!}vport {--vport}',
    'vdir {--vdir}',
    '{!}vmethod {--vmethod}',
    '{!}vportctl {--vportctl}',
  ),
  ...form('esp', 'esp(?: spis?:{!}{--espspi})?'),
  ...form('ah', 'ah(?: spis?:{!}{--ahspi:range})?(?: ?length:{!}{--ahlen})?(?: {--ahres=reserved})?'),
  ...form('ipcomp', 'comp(?: spis?:{!}{--ipcompspi})?(?: {--compres=reserved})?'),
  ...form('mh', 'mh(?: {!}{--mh-type:mobility})?'),
  ...form('eui64', 'eui64'),
  ...form(
    'frag',
    'frag(?: ids?:{!}{--fragid})?(?: length:{!}{--fraglen})?(?: {--fragres=reserved})?(?: {--fragfirst=first})?(?: {--fragmore=more})?(?: {--fraglast=last})?',
  ),
  ...form('hbh', 'hbh(?: length:{!}{--hbh-len})?(?: opts {--hbh-opts})?'),
  ...form('dst', 'dst(?: length:{!}{--dst-len})?(?: opts {--dst-opts})?'),
  ...form(
    'rt',
    'rt(?: type:{!}{--rt-type})?(?: segslefts?:{!}{--rt-segsleft})?(?: length:{!}{--rt-len})?(?: {--rt-0-res=reserved})?(?: 0-addrs {--rt-0-addrs})?(?: {--rt-0-not-strict=0-not-strict})?',
  ),
  ...form('ipv6header', 'ipv6header flags:{!}{--header:headers}(?: {--soft=soft})?'),
  ...form(
    'srh',
    [
      'srh(?: next-hdr:{!}{--srh-next-hdr})?',
      ...['hdr-len', 'segs-left', 'last-entry'].flatMap((field) =>
        ['eq', 'gt', 'lt'].map((how) => `(?: ${field}-${how}:{!}{--srh-${field}-${how}})?`),
      ),
      '(?: tag:{!}{--srh-tag})?',
      ...['psid', 'nsid', 'lsid'].map((field) => `(?: ${field} {!}{--srh-${field}})?`),
    ].join(''),
  ),
];
