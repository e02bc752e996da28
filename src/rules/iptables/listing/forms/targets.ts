/** The print functions of the targets: extensions/libxt_X.c, libipt_X.c and libip6t_X.c of iptables 1.4 to 1.8. */
import { form, type ListedForm } from './form.ts';

const markChanges = (name: string): readonly string[] => [
  `${name} set {--set-xmark:markSet}`,
  `${name} and {--set-xmark:markAnd}`,
  `${name} or {--set-xmark:markOr}`,
  `${name} xor {--set-xmark:markXor}`,
  `${name} xset {--set-xmark:marks}`,
];

const randomly = [
  '{--random=random}',
  '{--random-fully=(?:random-fully|fully-random)}',
  '{--persistent=persistent}',
];

const inSet = (verb: string): string => `{--${verb}-set:twoWords}`;

const hopLimit = (name: string, option: string): string =>
  `${name} (?:set to {--${option}-set}|decrement by {--${option}-dec}|increment by {--${option}-inc})`;

const hashed: readonly (readonly [field: string, value: string])[] = [
  ['src-prefix', 'word'],
  ['dst-prefix', 'word'],
  ['sport-mask', 'hex4'],
  ['dport-mask', 'hex4'],
  ['spi-mask', 'wideHex'],
  ['sport', 'hex4'],
  ['dport', 'hex4'],
  ['spi', 'wideHex'],
  ['proto-mask', 'hex2'],
];

export const targetForms: readonly ListedForm[] = [
  ...form('REJECT', 'reject-with {--reject-with}'),
  ...form('DNAT', 'to:{--to-destination}', ...randomly),
  ...form('SNAT', 'to:{--to-source}', ...randomly),
  ...form('MASQUERADE', 'masq ports: {--to-ports}', ...randomly),
  ...form('REDIRECT', 'redir ports {--to-ports}', ...randomly),
  ...form('NETMAP', '(?:to:)?{--to}'),
  ...form('MARK', ...markChanges('MARK')),
  ...form(
    'CONNMARK',
    ...markChanges('CONNMARK'),
    'CONNMARK {--save-mark=save} mask {--nfmask:masks}',
    'CONNMARK {--save-mark=save} nfmask {--nfmask} ctmask ~{--ctmask}',
    'CONNMARK {--save-mark=save}{--nfmask=>0xffffffff}{--ctmask=>0xffffffff}',
    'CONNMARK {--restore-mark=restore} mask {--nfmask:masks}',
    'CONNMARK {--restore-mark=restore} ctmask {--ctmask} nfmask ~{--nfmask}',
    'CONNMARK {--restore-mark=restore}{--nfmask=>0xffffffff}{--ctmask=>0xffffffff}',
  ),
  // Releases before 1.6 write a prefix `so'.
  ...form(
    'LOG',
    'LOG flags {--log-uid:logFlags} level {--log-level:logLevel}(?: prefix ["`]{--log-prefix:quoted}["\'])?',
    [
      'LOG level {--log-level:logLevel}(?: {--log-tcp-sequence=tcp-sequence})?(?: {--log-tcp-options=tcp-options})?',
      '(?: {--log-ip-options=ip-options})?(?: {--log-uid=uid})?(?: {--log-macdecode=macdecode})?(?: prefix ["`]{--log-prefix:quoted}["\'])?',
    ].join(''),
  ),
  ...form(
    'NFLOG',
    'nflog-prefix "{--nflog-prefix:prefix}"',
    'nflog-prefix {--nflog-prefix}',
    ...['group', 'size', 'range', 'threshold'].map((field) => `nflog-${field} {--nflog-${field}}`),
  ),
  ...form(
    'ULOG',
    'ULOG copy_range {--ulog-cprange} nlgroup {--ulog-nlgroup}(?: prefix ["`]{--ulog-prefix:quoted}["\'])?(?: queue_threshold {--ulog-qthreshold})?',
  ),
  ...form(
    'NFQUEUE',
    'NFQUEUE (?:num {--queue-num}|balance {--queue-balance})(?: {--queue-bypass=bypass})?(?: {--queue-cpu-fanout=cpu-fanout})?',
  ),
  ...form(
    'CT',
    [
      'CT(?: {--notrack=notrack})?(?: helper {--helper})?(?: timeout {--timeout})?(?: ctevents {--ctevents})?',
      '(?: expevents {--expevents})?(?: zone-orig {--zone-orig})?(?: zone-reply {--zone-reply})?(?: zone {--zone})?',
    ].join(''),
    '{--notrack=NOTRACK}',
  ),
  ...form('NOTRACK', 'NOTRACK', 'CT notrack'),
  ...form(
    'SET',
    ...['add', 'del', 'map'].map((verb) =>
      [
        `${verb}-set ${inSet(verb)}(?: {--exist=exist})?(?: timeout {--timeout})?`,
        '(?: {--map-mark=map-mark})?(?: {--map-prio=map-prio})?(?: {--map-queue=map-queue})?',
      ].join(''),
    ),
  ),
  ...form('TCPMSS', 'TCPMSS {--clamp-mss-to-pmtu=clamp to PMTU}', 'TCPMSS set {--set-mss}'),
  ...form('TPROXY', 'TPROXY redirect {--on-port:socket} mark {--tproxy-mark:marks}'),
  ...form('TTL', hopLimit('TTL', 'ttl')),
  ...form('HL', hopLimit('HL', 'hl')),
  ...form(
    'TOS',
    'TOS set {--set-tos}',
    'TOS and {--set-tos:tosAnd}',
    'TOS or {--set-tos:tosOr}',
    'TOS xor {--set-tos:tosXor}',
  ),
  ...form('DSCP', 'DSCP set {--set-dscp}'),
  ...form(
    'ECN',
    'ECN(?: {--ecn-tcp-remove=TCP remove})?(?: ECE={--ecn-tcp-ece})?(?: CWR={--ecn-tcp-cwr})?(?: ECT codepoint={--ecn-ip-ect})?',
  ),
  ...form('CLASSIFY', 'CLASSIFY set {--set-class:class}'),
  ...form('CHECKSUM', 'CHECKSUM {--checksum-fill=fill}'),
  ...form('TEE', 'TEE gw:{--gateway}(?: oif={--oif})?'),
  ...form('AUDIT', 'AUDIT {--type}'),
  ...form('SECMARK', 'SECMARK selctx {--selctx}'),
  ...form('CONNSECMARK', 'CONNSECMARK (?:{--save=save}|{--restore=restore})'),
  ...form('TCPOPTSTRIP', 'TCPOPTSTRIP options {--strip-options}'),
  ...form(
    'SYNPROXY',
    'SYNPROXY(?: {--sack-perm=sack-perm})?(?: {--timestamp=timestamp})?(?: wscale {--wscale})?(?: mss {--mss})?(?: {--ecn=ecn})?',
  ),
  ...form('IDLETIMER', 'timeout:{--timeout} label:{--label}(?: {--alarm=alarm})?'),
  ...form('RATEEST', 'name {--rateest-name} interval {--rateest-interval} ewmalog {--rateest-ewmalog}'),
  ...form(
    'LED',
    'led-trigger-id:"{--led-trigger-id:quoted}"(?: led-delay:{--led-delay:delay})?(?: {--led-always-blink=led-always-blink})?',
  ),
  ...form('SNPT', 'SNPT src-pfx {--src-pfx} dst-pfx {--dst-pfx}'),
  ...form('DNPT', 'DNPT src-pfx {--src-pfx} dst-pfx {--dst-pfx}'),
  ...form(
    'CLUSTERIP',
    'CLUSTERIP hashmode={--hashmode} clustermac={--clustermac} total_nodes={--total-nodes} local_node={--local-node} hash_init={--hash-init}',
  ),
  ...form(
    'HMARK',
    [
      'HMARK mod {--hmark-mod:positive}(?: \\+ {--hmark-offset:hexNumber})?(?: {--hmark-tuple:tuple})?',
      ...hashed.map(([field, value]) => `(?: ${field} {--hmark-${field}:${value}})?`),
      '(?: rnd {--hmark-rnd:wideHex})? ?',
    ].join(''),
  ),
];
