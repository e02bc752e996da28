import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../src/kernel/trace.ts';
import { dump, engineOf, flow, send } from '../../kernel/fixtures.ts';

const packet = flow('client > 10.244.1.5:80 tcp', { mark: 0xf0, packet: { tos: 0x08, ttl: 10, length: 40 } });

/** What the rule does in FORWARD, where the TTL has been lowered to 9. */
function effectOf(table: string, target: string, before: readonly string[] = []): Effect | null {
  const rules = dump({ [table]: [...before, `-A FORWARD ${target}`], nat: ['-A POSTROUTING -j MASQUERADE'] });
  const steps = engineOf(rules).trace(packet).outcomes[0]?.steps ?? [];
  const step = steps.findLast((one) => one.kind === 'rule' && one.at.table === table);
  return step?.kind === 'rule' ? step.effect : null;
}

describe('a target', () => {
  test.each([
    ['-j MARK --set-xmark 0x4000/0x4000', { kind: 'mark', was: 0xf0, is: 0x40f0 }],
    ['-j MARK --set-xmark 0x10/0x0', { kind: 'mark', was: 0xf0, is: 0xe0 }],
    ['-j MARK --set-mark 0x1', { kind: 'mark', was: 0xf0, is: 0x1 }],
    ['-j MARK --set-mark 0x1/0xf', { kind: 'mark', was: 0xf0, is: 0xf1 }],
    ['-j MARK --and-mark 0x30', { kind: 'mark', was: 0xf0, is: 0x30 }],
    ['-j MARK --or-mark 0x1', { kind: 'mark', was: 0xf0, is: 0xf1 }],
    ['-j MARK --xor-mark 0xff', { kind: 'mark', was: 0xf0, is: 0x0f }],
    ['-j MARK --set-xmark 0x80000000/0xffffffff', { kind: 'mark', was: 0xf0, is: 0x80000000 }],
    ['-j CONNMARK --set-xmark 0x7/0xffffffff', { kind: 'connmark', was: 0, is: 7 }],
    [
      '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      { kind: 'connmark', was: 0, is: 0xf0 },
    ],
    ['-j CONNMARK --save-mark --nfmask 0x10 --ctmask 0xffffffff', { kind: 'connmark', was: 0, is: 0x10 }],
    ['-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0x3', { kind: 'mark', was: 0xf0, is: 0 }],
    ['-j TOS --set-tos 0x10/0xff', { kind: 'set', field: 'tos', was: 8, is: 0x10 }],
    ['-j TOS --set-tos 0x10/0x10', { kind: 'set', field: 'tos', was: 8, is: 0x18 }],
    ['-j TOS --or-tos 0x04', { kind: 'set', field: 'tos', was: 8, is: 0x0c }],
    ['-j DSCP --set-dscp 0x2e', { kind: 'set', field: 'dscp', was: 8, is: 0xb8 }],
    ['-j DSCP --set-dscp-class CS1', { kind: 'set', field: 'dscp', was: 8, is: 0x20 }],
    ['-j TTL --ttl-set 33', { kind: 'set', field: 'ttl', was: 9, is: 33 }],
    ['-j TTL --ttl-dec 20', { kind: 'set', field: 'ttl', was: 9, is: 0 }],
    ['-j TTL --ttl-inc 250', { kind: 'set', field: 'ttl', was: 9, is: 255 }],
    ['-j LOG --log-prefix "x: "', { kind: 'log' }],
    ['-j NFLOG --nflog-group 7', { kind: 'log' }],
    ['-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu', { kind: 'count' }],
    ['-j CHECKSUM --checksum-fill', { kind: 'count' }],
    ['', { kind: 'count' }],
    ['-j RETURN', { kind: 'return' }],
    ['-j ACCEPT', { kind: 'accept' }],
    ['-j DROP', { kind: 'drop' }],
    ['-j CLUSTERIP', { kind: 'unknown', target: 'CLUSTERIP' }],
    [
      '-j TPROXY --on-port 1 --tproxy-mark 0x1/0x1',
      { kind: 'tproxy', to: { address: '0.0.0.0', port: 1 }, was: 0xf0, is: 0xf1 },
    ],
  ] as const)('%s', (target, effect) => {
    expect(effectOf('mangle', target)).toEqual(effect);
  });

  test('CONNMARK brings back what it saved', () => {
    const before = ['-A PREROUTING -j CONNMARK --set-xmark 0x3/0xffffffff'];
    const restore = '-j CONNMARK --restore-mark --nfmask 0x3 --ctmask 0x3';
    expect(effectOf('mangle', restore, before)).toEqual({ kind: 'mark', was: 0xf0, is: 0xf3 });
  });

  test('TCPMSS lengthens a bare TCP header by its option', () => {
    const mss = ['-A PREROUTING -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400'];
    expect(effectOf('mangle', '-m length --length 44 -j LOG', mss)).toEqual({ kind: 'log' });
  });

  test('REJECT says with what, and whether anybody hears it', () => {
    expect(effectOf('filter', '-j REJECT --reject-with icmp-host-prohibited')).toEqual({
      kind: 'reject',
      with: 'icmp-host-prohibited',
      answered: true,
    });
  });

  // Of all types up to 44 the kernel answered 0, 8 and 13 to 18.
  test('REJECT answers no ICMP but queries', () => {
    const rules = dump({ filter: ['-A FORWARD -j REJECT'] });
    const answered = Array.from({ length: 45 }, (_, icmpType) => icmpType).filter(
      (icmpType) =>
        send(rules, flow('client > 10.244.1.5 icmp', { packet: { icmpType } })).verdict === 'reject',
    );
    expect(answered).toEqual([0, 8, 13, 14, 15, 16, 17, 18]);
  });

  // As the kernel of test/realKernel/clients answers it: the process has an address, told or not.
  test('REJECT answers a process whose address no file tells', () => {
    const rules = dump({ filter: ['-A OUTPUT -p tcp -j REJECT --reject-with icmp6-no-route'] });
    const ofIPv6 = rules.replaceAll('iptables-save', 'ip6tables-save');
    const [outcome] = engineOf(ofIPv6, {}, 6).trace({
      family: 6,
      from: { kind: 'node', address: null, port: null },
      to: { address: 'fd00:192:168::2', port: 80 },
      protocol: 'tcp',
    }).outcomes;
    expect(outcome).toMatchObject({ verdict: 'reject', rejectWith: 'icmp6-no-route' });
  });
});
