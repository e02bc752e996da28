/** Faults that people really have, seeded into dumps of real kube-proxies. */
import type { RulesCode } from '../../../../../src/kubeproxy/findings/table.ts';
import type { Dump } from './dump.ts';
import type { Fault } from './fault.ts';

function fault(name: string, code: RulesCode, make: Fault['make']): Fault {
  return { name, codes: () => [code], make };
}

const ofNode: readonly Fault[] = [
  fault('PREROUTING of nat was flushed', 'jump-missing', (dump) =>
    dump.without(/^-A PREROUTING .*-j KUBE-SERVICES/),
  ),
  fault('OUTPUT of nat was flushed', 'jump-missing', (dump) =>
    dump.withoutOne(/^-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES/),
  ),
  fault('POSTROUTING was flushed', 'jump-missing', (dump) =>
    dump.without(/^-A POSTROUTING .*-j KUBE-POSTROUTING/),
  ),
  fault('FORWARD was flushed', 'jump-missing', (dump) => dump.without(/^-A FORWARD /)),
  fault('INPUT was flushed', 'jump-missing', (dump) => dump.without(/^-A INPUT /)),
  fault('KUBE-NODEPORTS is no longer led to', 'jump-missing', (dump) =>
    dump.without(/^-A KUBE-SERVICES .*-j KUBE-NODEPORTS/),
  ),
  fault('KUBE-FIREWALL lost its match of the mark', 'drops-everything', (dump) =>
    dump.first(
      'filter',
      '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -j DROP',
    ),
  ),
  fault('KUBE-FORWARD lost its match of the state', 'drops-everything', (dump) =>
    dump.first('filter', '-A KUBE-FORWARD -j DROP'),
  ),
  fault('a DROP before all of INPUT', 'drops-everything', (dump) => dump.first('filter', '-A INPUT -j DROP')),
  fault('a DROP in OUTPUT of mangle', 'drops-everything', (dump) =>
    dump.first('mangle', '-A OUTPUT -j DROP'),
  ),
  fault('the policy of FORWARD is DROP', 'forward-dropped', (dump) =>
    // The firewall plugin of CNI accepts its pods one by one.
    dump.find(/^-A CNI-FORWARD/) === null ? dump.replaced(/^:FORWARD ACCEPT/, ':FORWARD DROP') : null,
  ),
  fault('a DROP before kube-proxy in FORWARD', 'forward-dropped', (dump) =>
    dump.first('filter', '-A FORWARD -j DROP'),
  ),
  fault(
    'a REJECT of somebody else in a chain that FORWARD jumps to',
    'forward-dropped',
    (dump) =>
      dump
        .first('filter', '-A CORP-FW -j REJECT --reject-with icmp-port-unreachable')
        ?.first('filter', '-A FORWARD -j CORP-FW') ?? null,
  ),
  fault('KUBE-MARK-MASQ sets no mark', 'masquerade-missing', (dump) => dump.without(/^-A KUBE-MARK-MASQ /)),
  fault('KUBE-POSTROUTING masquerades nothing', 'masquerade-missing', (dump) =>
    dump.without(/-j MASQUERADE/),
  ),
  fault('KUBE-POSTROUTING returns before it masquerades', 'masquerade-missing', (dump) =>
    dump.first('nat', '-A KUBE-POSTROUTING -j RETURN'),
  ),
  fault(
    'the mark stays on packets of an overlay',
    'double-masquerade',
    (dump) => dump.without(/^-A KUBE-POSTROUTING .*--set-xmark/)?.beside('ip-addr.json', overlay) ?? null,
  ),
  fault('a rule of a built-in chain stands there twice', 'duplicate-rule', (dump) =>
    dump.first(
      'nat',
      '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    ),
  ),
  fault('a rule of KUBE-SERVICES stands there twice', 'duplicate-rule', (dump) =>
    again(dump, /^-A KUBE-SERVICES .*-j KUBE-SVC-/),
  ),
  fault('the other backend has rules of kube-proxy too', 'mixed-backends', (dump) =>
    dump.beside('iptables-nft-save.txt', dump.lines.join('\n').replaceAll('-j KUBE-SVC-', '-g KUBE-SVC-')),
  ),
  fault('the kubelet writes into the other backend', 'mixed-backends', (dump) =>
    dump.beside(
      'iptables-nft-save.txt',
      '*filter\n:INPUT ACCEPT [0:0]\n:KUBE-FIREWALL - [0:0]\n-A INPUT -j KUBE-FIREWALL\n-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP\nCOMMIT\n',
    ),
  ),
  fault('sets of IPVS mode are left', 'mode-leftovers', (dump) =>
    dump.beside(
      'ipset-save.txt',
      'create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.96.0.1,tcp:443\n',
    ),
  ),
];

const overlay = JSON.stringify([
  {
    ifindex: 1,
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP'],
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }],
  },
  {
    ifindex: 2,
    ifname: 'flannel.1',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '10.244.1.0', prefixlen: 32 }],
  },
]);

function again(dump: Dump, pattern: RegExp): Dump | null {
  const line = dump.find(pattern)?.input;
  return line === undefined ? null : dump.first('nat', line);
}

export const faults: readonly Fault[] = [...ofNode];
