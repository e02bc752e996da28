/** Faults that people really have, seeded into the listing of a real kube-proxy in nftables mode. */
import type { PacketCode, RulesCode } from '../../../../src/kubeproxy/findings/table.ts';
import { type NftDump, tableOf } from './nftDump.ts';

export interface NftFault {
  readonly name: string;
  /** What names it; for a Service port with its name. */
  readonly codes: readonly `${RulesCode | PacketCode}${'' | ` ${string}`}`[];
  readonly make: (dump: NftDump) => NftDump;
}

function fault(name: string, codes: NftFault['codes'], make: NftFault['make']): NftFault {
  return { name, codes, make };
}

const none = (): readonly string[] => [];

const ofBaseChains: readonly NftFault[] = [
  fault('nat-prerouting was flushed', ['jump-missing'], (dump) => dump.chain('nat-prerouting', none)),
  fault('nat-output is gone', ['jump-missing'], (dump) => dump.withoutChain('nat-output')),
  fault('both chains of destinations are gone', ['jump-missing'], (dump) =>
    dump.withoutChain('nat-output').withoutChain('nat-prerouting'),
  ),
  fault('nat-postrouting was flushed', ['jump-missing'], (dump) => dump.chain('nat-postrouting', none)),
  fault('filter-forward was flushed', ['jump-missing', 'jump-missing'], (dump) =>
    dump.chain('filter-forward', none),
  ),
  fault('filter-input is gone', ['jump-missing'], (dump) => dump.withoutChain('filter-input')),
  fault('filter-output lost one of its jumps', ['jump-missing'], (dump) =>
    dump.chain('filter-output', (rules) => rules.slice(0, 1)),
  ),
  fault('nobody asks for source ranges', ['jump-missing'], (dump) =>
    dump.withoutChain('filter-prerouting-pre-dnat').withoutChain('filter-output-pre-dnat'),
  ),
  fault('source ranges are asked behind the translation', ['jump-missing'], (dump) =>
    dump
      .replaced(
        'type filter hook prerouting priority dstnat - 10;',
        'type filter hook prerouting priority filter;',
      )
      .replaced('type filter hook output priority -110;', 'type filter hook output priority filter;'),
  ),
  fault('the policy of filter-forward is drop', ['drops-everything'], (dump) =>
    dump.replaced(
      'type filter hook forward priority filter; policy accept;',
      'type filter hook forward priority filter; policy drop;',
    ),
  ),
];

const ofServices: readonly NftFault[] = [
  fault(
    'a Service takes another network for the pods',
    ['cluster-cidr-mismatch edge/np-local:http'],
    (dump) =>
      dump.chain(dump.named('external', 'edge/np-local/tcp/http'), (rules) =>
        rules.map((rule) => rule.replace('10.244.0.0/16', '10.245.0.0/16')),
      ),
  ),
  fault('no pod is in the network of pods', ['cluster-cidr-mismatch'], (dump) =>
    dump.replaced(/10\.244\.0\.0\/16/g, '10.245.0.0/16'),
  ),
  fault('source ranges without ranges', ['source-ranges-shut edge/lb-ranges-node:http'], (dump) =>
    dump.chain(dump.named('firewall', 'edge/lb-ranges-node/tcp/http'), () => ['drop']),
  ),
  fault('a chain that nothing leads to', ['unreferenced-chain'], (dump) =>
    dump.with('table inet mine {\n\tchain left {\n\t\ttcp dport 22 accept\n\t}\n}\n'),
  ),
  fault('a cluster IP that no map has', ['jump-missing shop/three:http'], (dump) =>
    dump.withoutElement(dump.named('service', 'shop/three/tcp/http')),
  ),
  fault('a node port that no map has', ['jump-missing edge/np-cluster:http'], (dump) =>
    dump.withoutElement(dump.named('external', 'edge/np-cluster/tcp/http')),
  ),
  fault('source ranges that no map has', ['jump-missing edge/lb-ranges-local:http'], (dump) =>
    dump.withoutElement(dump.named('firewall', 'edge/lb-ranges-local/tcp/http')),
  ),
  fault('the chain of a Service was flushed', ['rules-frozen shop/three:http'], (dump) =>
    dump.chain(dump.named('service', 'shop/three/tcp/http'), none),
  ),
  fault('a chain that is not called as kube-proxy calls it', ['hash-mismatch shop/three:http'], (dump) => {
    const own = dump.named('service', 'shop/three/tcp/http');
    return dump
      .replaced(`goto ${own},`, 'goto service-AAAAAAAA-shop/three/tcp/http,')
      .replaced(`chain ${own} {`, 'chain service-AAAAAAAA-shop/three/tcp/http {');
  }),
  fault('an endpoint’s chain that translates to another one', ['hash-mismatch shop/sticky:http'], (dump) =>
    dump.replaced('dnat to 10.244.1.38:8080', 'dnat to 10.244.1.39:8080'),
  ),
  fault('a number that has no endpoint', ['uneven-shares shop/three:http'], (dump) =>
    dump.chain(dump.named('service', 'shop/three/tcp/http'), (rules) =>
      rules.map((rule) => rule.replace(/, 2 : [^}]* \}/, ' }')),
    ),
  ),
  fault('an endpoint with two numbers', ['uneven-shares shop/three:http'], (dump) =>
    dump.chain(dump.named('service', 'shop/three/tcp/http'), (rules) =>
      rules.map((rule) => rule.replace(/0 : ([^,]*), 1 : [^,]*/, '0 : $1, 1 : $1')),
    ),
  ),
  fault(
    'clients are kept at an endpoint that gets no new ones',
    ['affinity-dead-endpoint shop/sticky:http'],
    (dump) =>
      dump.chain(dump.named('service', 'shop/sticky/tcp/http'), (rules) =>
        rules.map((rule) => rule.replace('mod 3', 'mod 2').replace(/, 2 : goto [^}]* \}/, ' }')),
      ),
  ),
];

const ofMasquerade: readonly NftFault[] = [
  fault('nothing masquerades', ['masquerade-missing'], (dump) =>
    dump.chain('masquerading', (rules) => rules.slice(1)),
  ),
  fault('masquerading returns before it masquerades', ['masquerade-missing'], (dump) =>
    dump.chain('masquerading', (rules) => ['return', ...rules]),
  ),
  fault('the rule for hairpins is gone', ['hairpin-unmasked'], (dump) =>
    dump.chain('masquerading', (rules) => rules.slice(0, 1)),
  ),
  fault('a local endpoint is not among the hairpins', ['hairpin-unmasked edge/np-local:http'], (dump) =>
    dump.replaced(/\n\t* *10\.244\.1\.46 \. 10\.244\.1\.46 \. tcp \. 8080,/, ''),
  ),
];

const ofClusterIps: readonly NftFault[] = [
  fault('a cluster IP is not in the set of cluster IPs', ['masquerade-missing shop/three:http'], (dump) =>
    dump.replaced(/(set cluster-ips \{[^}]*?elements = \{[^}]*?)10\.106\.89\.61,?/, '$1'),
  ),
  fault(
    'the cluster IP of several ports is not in the set',
    ['masquerade-missing kube-system/kube-dns'],
    (dump) => dump.replaced(/(set cluster-ips \{[^}]*?elements = \{[^}]*?)10\.96\.0\.10,/, '$1'),
  ),
  fault('the set of cluster IPs was flushed', ['masquerade-missing'], (dump) =>
    dump.replaced(/(set cluster-ips \{[^}]*?)elements = \{[^}]*\}\n/, '$1'),
  ),
];

const mark = 'meta mark set meta mark | 0x00004000';

const ofOthers: readonly NftFault[] = [
  fault('a drop of all in FORWARD', ['drops-everything'], (dump) =>
    dump.with(tableOf('corp', 'forward', ['counter drop'])),
  ),
  fault('a reject of all in a chain that INPUT jumps to', ['drops-everything'], (dump) =>
    dump.with(
      'table inet corp {\n\tchain deny {\n\t\tlog prefix "corp " reject\n\t}\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tjump deny\n\t}\n}\n',
    ),
  ),
  fault('the policy of INPUT is drop, and nothing is accepted', ['drops-everything'], (dump) =>
    dump.with(
      tableOf(
        'corp',
        'input',
        ['ct state invalid drop'],
        'type filter hook input priority filter; policy drop;',
      ),
    ),
  ),
  fault('somebody else sets kube-proxy’s mark', ['mark-conflict'], (dump) =>
    dump.with(
      tableOf(
        'vpn',
        'prerouting',
        [`ip saddr 10.8.0.0/16 ${mark}`],
        'type filter hook prerouting priority mangle; policy accept;',
      ),
    ),
  ),
  fault('somebody else writes over the mark', ['mark-conflict'], (dump) =>
    dump.with(tableOf('shaper', 'forward', ['tcp dport 8080 meta mark set 0x00000001'])),
  ),
  fault('somebody else takes the bit away in POSTROUTING', ['mark-conflict'], (dump) =>
    dump.with(
      tableOf(
        'vpn',
        'postrouting',
        ['meta mark set meta mark & 0xffffbfff'],
        'type filter hook postrouting priority mangle; policy accept;',
      ),
    ),
  ),
  fault('an accept before all of services', ['never-matches'], (dump) =>
    dump.chain('services', (rules) => ['accept', ...rules]),
  ),
  fault('a rule of services that stands there twice', ['duplicate-rule'], (dump) =>
    dump.chain('services', (rules) => [...rules, rules[1] ?? '']),
  ),
  fault('a drop behind an accept of the same', ['never-matches'], (dump) =>
    dump.with(tableOf('corp', 'input', ['tcp dport 0-1023 accept', 'iifname "eth0" tcp dport 22 drop'])),
  ),
  fault('a network behind a larger one', ['never-matches'], (dump) =>
    dump.with(
      tableOf('corp', 'forward', [
        'ip saddr { 10.0.0.0/8, 192.168.0.0/16 } accept',
        'ip saddr 10.244.0.0/16 tcp dport 53 drop',
      ]),
    ),
  ),
  fault('a hash behind the same one of the same seed', ['never-matches'], (dump) =>
    dump.with(
      tableOf('corp', 'input', [
        'jhash ip saddr mod 3 seed 0x1 0 drop',
        'tcp dport 22 jhash ip saddr mod 3 seed 0x1 0 accept',
      ]),
    ),
  ),
  fault('a port behind its whole protocol', ['never-matches'], (dump) =>
    dump.with(tableOf('corp', 'input', ['meta l4proto { tcp, udp } accept', 'udp dport 53 drop'])),
  ),
  fault('a state behind several', ['never-matches'], (dump) =>
    dump.with(
      tableOf('corp', 'forward', [
        'ct state established,related accept',
        'ct state established tcp dport 80 drop',
      ]),
    ),
  ),
];

export const nftFaults: readonly NftFault[] = [
  ...ofBaseChains,
  ...ofServices,
  ...ofMasquerade,
  ...ofClusterIps,
  ...ofOthers,
];

/** Those that a packet shows. */
export const nftPacketFaults: readonly NftFault[] = [
  fault('a drop for a port of pods in FORWARD', ['unreachable-from'], (dump) =>
    dump.with(tableOf('corp', 'forward', ['tcp dport 8080 drop'])),
  ),
  fault('a drop for one cluster IP', ['unreachable-from shop/three:http'], (dump) =>
    dump.with(
      tableOf(
        'corp',
        'prerouting',
        ['ip daddr 10.106.89.61 drop'],
        'type filter hook prerouting priority raw; policy accept;',
      ),
    ),
  ),
  fault('a policy of drop that lets only known connections through', ['unreachable-from'], (dump) =>
    dump.with(
      tableOf(
        'corp',
        'forward',
        ['ct state established,related accept', 'meta nfproto ipv6 accept'],
        'type filter hook forward priority filter; policy drop;',
      ),
    ),
  ),
];
