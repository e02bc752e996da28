/** What random packets in a real kernel (test/kernel) taught: each case is one that an earlier engine got wrong. */
import { describe, expect, test } from 'vitest';
import { dump, flow, labFiles, send } from './fixtures.ts';

/** A node that takes whatever carries mark 8 for its own, as TPROXY wants it. */
const keepingAll = {
  ...labFiles,
  'ip-rule.json': JSON.stringify([
    { priority: 0, src: 'all', table: 'local' },
    { priority: 9, src: 'all', fwmark: '0x8', fwmask: '0x8', table: '300' },
    { priority: 32766, src: 'all', table: 'main' },
  ]),
  'ip-route.json': (labFiles['ip-route.json'] ?? '[]').replace(
    /\]$/,
    `,${JSON.stringify({ type: 'local', dst: 'default', dev: 'lo', table: '300', scope: 'host', flags: [] })}]`,
  ),
};

function rejecting(how: string): string {
  return dump({
    mangle: ['-A PREROUTING -j MARK --set-xmark 0x8/0x8'],
    filter: [`-A INPUT -p tcp -j REJECT --reject-with ${how}`],
  });
}

describe('seen in Linux 6.18', () => {
  test('recent --set remembers a packet although a match behind it fails', () => {
    const rules = dump({
      mangle: ['-A POSTROUTING -m recent --name seen --rcheck -j ACCEPT'],
      filter: ['-A OUTPUT -p tcp -m recent --name seen --set -m ttl --ttl-eq 63 -j ACCEPT'],
    });
    expect(send(rules, flow('node > 203.0.113.9:80 tcp')).path).toEqual(['mangle/POSTROUTING/0']);
  });

  test('a match before recent --set keeps the packet out of the list', () => {
    const rules = dump({
      mangle: ['-A POSTROUTING -m recent --name seen --rcheck -j ACCEPT'],
      filter: ['-A OUTPUT -p tcp -m ttl --ttl-eq 63 -m recent --name seen --set -j ACCEPT'],
    });
    expect(send(rules, flow('node > 203.0.113.9:80 tcp')).path).toEqual([]);
  });

  test('the bridge port that a packet came in by is known behind routing', () => {
    const rules = dump({
      mangle: ['INPUT', 'FORWARD', 'POSTROUTING'].flatMap((hook) => [
        `-A ${hook} -m physdev --physdev-in vethpods`,
        `-A ${hook} -m physdev --physdev-is-bridged`,
      ]),
    });
    expect(send(rules, flow('pod > 203.0.113.9:80 tcp')).path).toEqual([
      'mangle/FORWARD/0',
      'mangle/POSTROUTING/0',
    ]);
    expect(send(rules, flow('pod > 192.168.0.2:80 tcp')).path).toEqual(['mangle/INPUT/0']);
  });

  test('the copy of an own broadcast belongs to no process', () => {
    const rules = dump({ mangle: ['-A POSTROUTING -m owner --uid-owner 0'] });
    const broadcast = flow('node > 255.255.255.255:80 udp', { from: { uid: 0, gid: 0 } });
    expect(send(rules, broadcast).path).toEqual(['mangle/POSTROUTING/0']);
  });

  test('a privileged source port that is masqueraded stays privileged', () => {
    const rules = dump({
      nat: ['-A POSTROUTING -p udp -j MASQUERADE --random-fully'],
      filter: [
        '-A INPUT -p udp -m udp --sport 1024:65535 -j DROP',
        '-A INPUT -p udp -m udp --sport 1:511 -j ACCEPT',
      ],
    });
    const privileged = flow('node > 10.244.1.1:80 udp', { from: { port: 443 } });
    expect(send(rules, privileged).path).toEqual(['nat/POSTROUTING/0', 'filter/INPUT/1']);
    expect(send(rules, flow('node > 10.244.1.1:80 udp')).verdict).toBe('drop');
  });

  test('a second packet from a socket to itself counts as an answer', () => {
    const rules = dump({
      mangle: ['-A OUTPUT -m conntrack --ctdir ORIGINAL', '-A OUTPUT -m conntrack --ctdir REPLY'],
    });
    const first = flow('node > 10.244.1.1:60001 udp', { from: { address: '10.244.1.1', port: 60001 } });
    expect(send(rules, first).path).toEqual(['mangle/OUTPUT/0']);
    expect(send(rules, { ...first, after: [first] }).path).toEqual(['mangle/OUTPUT/1']);
  });

  test('a bridged packet is routed by nobody, and of no realm', () => {
    const rules = dump({ filter: ['-A FORWARD -m realm --realm 0x5', '-A FORWARD -m realm --realm 0x0'] });
    const bridged = flow('pod > 10.244.1.9:80 tcp', { packet: { l2: 'bridged' } });
    expect(send(rules, bridged).path).toEqual(['filter/FORWARD/1']);
  });

  test('what policy routing keeps here for an address of others is not refused by ICMP, but by a reset', () => {
    const packet = flow('client > 203.0.113.9:80 tcp');
    expect(send(rejecting('icmp-host-prohibited'), packet, keepingAll).verdict).toBe('drop');
    expect(send(rejecting('tcp-reset'), packet, keepingAll).verdict).toBe('reject');
  });

  test('a socket that TPROXY gave a packet stays with it on a bridge, and is lost to IP', () => {
    const rules = dump({
      mangle: [
        '-A PREROUTING -p tcp -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1',
        '-A POSTROUTING -m owner --socket-exists',
        '-A POSTROUTING -m owner --uid-owner 7',
        '-A POSTROUTING -m owner ! --uid-owner 7',
      ],
    });
    const listeners = [{ protocol: 'tcp', address: null, port: 80, transparent: true, uid: 7 }] as const;
    const bridged = { ...flow('pod > 10.244.1.9:80 tcp', { packet: { l2: 'bridged' } }), listeners };
    const routed = { ...flow('pod > 203.0.113.9:80 tcp'), listeners };
    expect(send(rules, bridged).path).toEqual([
      'mangle/PREROUTING/0',
      'mangle/POSTROUTING/0',
      'mangle/POSTROUTING/1',
    ]);
    expect(send(rules, routed).path).toEqual(['mangle/PREROUTING/0', 'mangle/POSTROUTING/2']);
  });
});
