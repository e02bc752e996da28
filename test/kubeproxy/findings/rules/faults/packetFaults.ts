/** Faults that only a packet shows, and what looks like one. */
import type { PacketCode } from '../../../../../src/kubeproxy/findings/table.ts';
import type { Dump } from './dump.ts';
import type { Fault, Innocent } from './fault.ts';

function fault(
  name: string,
  codes: readonly (PacketCode | `${PacketCode} ${string}`)[],
  make: Fault['make'],
): Fault {
  return { name, codes: () => codes, make };
}

function innocent(name: string, make: Innocent['make']): Innocent {
  return { name, make };
}

/** The endpoint of a Service that has only one. */
const ONLY = /^-A KUBE-SEP-\S+ -p tcp .*"edge\/np-cluster:http" .*--to-destination ([\d.]+):(\d+)$/;

function toOnly(dump: Dump, table: string, rule: (address: string, port: string) => string): Dump | null {
  const [, address, port] = dump.find(ONLY) ?? [];
  return address === undefined || port === undefined ? null : dump.first(table, rule(address, port));
}

/** No dump has the table. */
function inRaw(dump: Dump, rule: string): Dump {
  return dump.withTable('raw', [':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', rule]);
}

export const packetFaults: readonly Fault[] = [
  fault('a DROP for a port of pods in FORWARD', ['unreachable-from'], (dump) =>
    dump.first('filter', '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP'),
  ),
  fault(
    'a REJECT for a port of pods in a chain of somebody’s',
    ['unreachable-from'],
    (dump) =>
      dump
        .first('filter', '-A CORP-FW -p tcp -m tcp --dport 8080 -j REJECT --reject-with tcp-reset')
        ?.first('filter', '-A FORWARD -j CORP-FW') ?? null,
  ),
  fault('a DROP for one endpoint in FORWARD', ['unreachable-from edge/np-cluster:http'], (dump) =>
    toOnly(dump, 'filter', (address) => `-A FORWARD -d ${address}/32 -j DROP`),
  ),
  fault('a DROP for node ports in PREROUTING of raw', ['unreachable-from'], (dump) =>
    inRaw(dump, '-A PREROUTING -p tcp -m tcp --dport 30000:32767 -j DROP'),
  ),
  fault(
    'a DROP for one node port in PREROUTING of mangle',
    ['unreachable-from edge/np-cluster:http'],
    (dump) => dump.first('mangle', '-A PREROUTING -p tcp -m tcp --dport 30080 -j DROP'),
  ),
  fault('a DROP for cluster IPs in PREROUTING of raw', ['unreachable-from'], (dump) =>
    inRaw(dump, '-A PREROUTING -d 10.96.0.0/12 -j DROP'),
  ),
  fault('a DROP for cluster IPs in OUTPUT of mangle', ['unreachable-from'], (dump) =>
    dump.first('mangle', '-A OUTPUT -d 10.96.0.0/12 -p tcp -j DROP'),
  ),
  fault(
    'a DROP by the port that was asked, in FORWARD of mangle',
    ['unreachable-from edge/np-cluster:http'],
    (dump) =>
      dump.first('mangle', '-A FORWARD -p tcp -m conntrack --ctorigdstport 30080 --ctdir ORIGINAL -j DROP'),
  ),
  fault('a DNAT of somebody’s for cluster IPs before kube-proxy’s rules', ['unreachable-from'], (dump) =>
    dump.first('nat', '-A PREROUTING -d 10.96.0.0/12 -p tcp -j DNAT --to-destination 10.244.1.99:3128'),
  ),
  fault('a REDIRECT of all that the node sends', ['unreachable-from'], (dump) =>
    dump.first('nat', '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001'),
  ),
  fault('a host port that is a node port', ['unreachable-from edge/np-cluster:http'], (dump) =>
    dump.first('nat', '-A PREROUTING -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.244.1.99:80'),
  ),
  fault('a DROP for what pods answer in FORWARD', ['replies-lost'], (dump) =>
    dump.first('filter', '-A FORWARD -p tcp -m tcp --sport 8080 -j DROP'),
  ),
  fault('a DROP for what pods answer in PREROUTING of raw', ['replies-lost'], (dump) =>
    inRaw(dump, '-A PREROUTING -p tcp -m tcp --sport 8080 -j DROP'),
  ),
  fault('a DROP for what has a mark of kube-proxy’s, before it is forwarded', ['unreachable-from'], (dump) =>
    dump.first('filter', '-A FORWARD -m mark --mark 0x4000/0x4000 -j DROP'),
  ),
];

export const packetInnocents: readonly Innocent[] = [
  innocent('a DNAT of somebody’s to the endpoint itself', (dump) =>
    toOnly(
      dump,
      'nat',
      (address, port) =>
        `-A PREROUTING -p tcp -m tcp --dport 30080 -j DNAT --to-destination ${address}:${port}`,
    ),
  ),
  innocent('a DNAT of somebody’s for addresses of no Service', (dump) =>
    dump.first('nat', '-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.244.1.99:8181'),
  ),
  innocent('a DROP for one client outside in PREROUTING of raw', (dump) =>
    inRaw(dump, '-A PREROUTING -s 203.0.113.9/32 -j DROP'),
  ),
  innocent('a DROP for node ports from one network', (dump) =>
    inRaw(dump, '-A PREROUTING -s 203.0.113.0/24 -p tcp -m tcp --dport 30000:32767 -j DROP'),
  ),
  innocent('a DROP for a port that no Service has', (dump) =>
    dump.first('filter', '-A FORWARD -p tcp -m tcp --dport 22 -j DROP'),
  ),
  innocent('a DROP for a range of addresses that no Service has', (dump) =>
    inRaw(dump, '-A PREROUTING -d 172.31.0.0/16 -j DROP'),
  ),
  innocent('a DROP for what conntrack cannot place', (dump) =>
    dump.first('filter', '-A FORWARD -m conntrack --ctstate INVALID -j DROP'),
  ),
  innocent('what pods send to the node port is logged', (dump) =>
    inRaw(dump, '-A PREROUTING -p tcp -m tcp --dport 30080 -j LOG'),
  ),
  innocent(
    'a DROP for one port behind an ACCEPT for others and it',
    (dump) =>
      dump
        .first('mangle', '-A FORWARD -p tcp -m tcp --dport 8080 -j DROP')
        ?.first('mangle', '-A FORWARD -s 10.0.0.0/8 -j ACCEPT')
        ?.first('mangle', '-A FORWARD -d 10.244.0.0/16 -p tcp -j ACCEPT') ?? null,
  ),
  innocent('the node forwards, and filters by reverse path', (dump) =>
    dump.beside('sysctl.txt', 'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 1\n'),
  ),
];
