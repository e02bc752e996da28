/** Selectors of `ip rule`: printed by iproute2 6.1 (and as 6.15 prints them), judged by `ip route get` on Linux 6.18. */
import { describe, expect, test } from 'vitest';
import type { Node, RuleSelector } from '../../../src/kernel/node/node.ts';
import { routeInput, routeOutput } from '../../../src/kernel/node/routing.ts';
import { NO_TRAFFIC, type Traffic } from '../../../src/kernel/node/traffic.ts';
import { type Address, parseAddress } from '../../../src/values/address.ts';
import { recordedNode } from './recordedNode.ts';

function address(text: string): Address {
  const read = parseAddress(text);
  if (read === null) throw new Error(text);
  return read;
}

const LOCAL = { priority: 0, src: 'all', table: 'local' };
const MAIN = { priority: 32766, src: 'all', table: 'main' };

/** The recorded node with one rule more, which refuses the packets that it is for. */
function nodeWith(rule: object): Node {
  return recordedNode([], [LOCAL, { priority: 10, src: 'all', ...rule, action: 'prohibit' }, MAIN]);
}

/** Whether the rule is for a packet that the node sends. */
function isFor(rule: object, traffic: Partial<Traffic>, tos = 0): boolean | null {
  const answer = routeOutput(nodeWith(rule), 4, {
    source: null,
    destination: address('8.8.8.8'),
    outputInterface: null,
    mark: 0,
    tos,
    traffic: { ...NO_TRAFFIC, ...traffic },
  });
  return answer.kind === 'unknown' ? null : answer.kind === 'error';
}

const TCP = { protocol: 6, sourcePort: 40000, destinationPort: 80 };

describe('a policy rule', () => {
  test.each([
    [{ ipproto: 'tcp' }, TCP, true],
    [{ ipproto: 'udp' }, TCP, false],
    [{ ipproto: 'ipv6-icmp' }, { protocol: 58 }, true],
    [{ ipproto: 'ipproto-143' }, { protocol: 143 }, true],
    [{ ipproto: 'tcp', not: null }, TCP, false],
    [{ ipproto: 'udp', not: null }, TCP, true],
    [{ dport: 80 }, TCP, true],
    [{ dport: 81 }, TCP, false],
    [{ dport_start: 70, dport_end: 90 }, TCP, true],
    [{ dport_start: 81, dport_end: 90 }, TCP, false],
    [{ sport: 80 }, TCP, false],
    [{ sport: 40000, sport_mask: '0xffff' }, TCP, true],
    [{ sport: 40001, sport_mask: '0xfff0' }, TCP, true],
    [{ sport: 40001, sport_mask: '0xff01' }, TCP, false],
    [{ dport: 80 }, { protocol: 1 }, false],
    [{ uid_start: 1000, uid_end: 2000 }, { uid: 1500 }, true],
    [{ uid_start: 1000, uid_end: 2000 }, { uid: 0 }, false],
    [{ uid_start: 0, uid_end: 0 }, { uid: 0 }, true],
    [{ uid_start: 0, uid_end: 0, not: null }, { uid: 0 }, false],
    [{ tun_id: 5 }, {}, false],
    [{ l3mdev: null }, {}, false],
    [{ flow_from: '1', flow_to: '2' }, {}, true],
  ])('with %o is for %o: %s', (rule, traffic, is) => {
    expect(isFor(rule, traffic)).toBe(is);
  });

  test.each([
    [{ tos: '0x08' }, 0x08, true],
    [{ tos: '0x08' }, 0x28, true],
    [{ tos: '0x08' }, 0xe8, true],
    [{ tos: '0x08' }, 0x10, false],
    [{ tos: 'throughput' }, 0x0a, true],
    [{ dscp: 'AF11' }, 0x28, true],
    [{ dscp: 'AF11' }, 0x08, false],
    [{ dscp: '10', dscp_mask: '0x3f' }, 0x28, true],
    [{ dscp: '10', dscp_mask: '0x0f' }, 0xa8, true],
  ])('with %o is for a packet of TOS %i: %s', (rule, tos, is) => {
    expect(isFor(rule, {}, tos)).toBe(is);
  });

  test.each([
    [{ uid_start: 1000, uid_end: 2000 }, { uid: null }],
    [{ dport: 80 }, { protocol: 6, destinationPort: null }],
    [{ invented: 7 }, {}],
  ])('with %o is open for %o where nobody can answer', (rule, traffic) => {
    expect(isFor(rule, traffic)).toBeNull();
  });

  test('is open to those who can: they are asked for what is not known, once', () => {
    const asked: unknown[] = [];
    const ask: Traffic['ask'] = (selector, priority) => {
      asked.push([selector, priority]);
      return selector.kind === 'user';
    };
    expect(isFor({ ipproto: 'tcp', uid_start: 1000, uid_end: 2000 }, { ...TCP, uid: null, ask })).toBe(true);
    expect(isFor({ ipproto: 'udp', uid_start: 1000, uid_end: 2000 }, { ...TCP, uid: null, ask })).toBe(false);
    expect(asked).toEqual([[{ kind: 'user', from: 1000, to: 2000 }, 10]]);
  });

  test('is not asked about where the packet goes the same way with it and without', () => {
    const asked: unknown[] = [];
    const ask: Traffic['ask'] = (selector) => asked.push(selector) > 0;
    const rules = [LOCAL, { priority: 10, src: 'all', invented: 7, table: 'main' }, MAIN];
    const query = { source: null, destination: address('8.8.8.8'), outputInterface: null, mark: 0, tos: 0 };
    const answer = routeOutput(recordedNode([], rules), 4, { ...query, traffic: { ...NO_TRAFFIC, ask } });
    expect(answer).toMatchObject({ kind: 'send', interface: 'eth0' });
    expect(asked).toEqual([]);
  });

  test('of a tunnel key is open for what comes in', () => {
    const query = {
      source: address('10.1.0.9'),
      destination: address('8.8.8.8'),
      inputInterface: 'eth1',
      mark: 0,
      tos: 0,
    };
    expect(routeInput(nodeWith({ tun_id: 5 }), 4, query).kind).toBe('unknown');
  });

  test('of a VRF is for what belongs to one', () => {
    const links = [
      { ifname: 'eth0', flags: ['UP'], master: 'red' },
      { ifname: 'eth1', flags: ['UP'], master: 'bond' },
      { ifname: 'red', flags: ['NOARP', 'MASTER', 'UP'] },
      { ifname: 'bond', flags: ['BROADCAST', 'MULTICAST', 'MASTER', 'UP'] },
    ];
    const node = recordedNode([], [LOCAL, { priority: 10, src: 'all', l3mdev: null }, MAIN], links);
    const query = { source: address('8.8.4.4'), destination: address('8.8.8.8'), mark: 0, tos: 0 };
    const traffic = NO_TRAFFIC;
    expect(routeInput(node, 4, { ...query, inputInterface: 'eth0', traffic })).toMatchObject({
      kind: 'unknown',
      reason: 'the table of the VRF is not known',
    });
    const beyond = { ...query, destination: address('10.9.1.1'), inputInterface: 'eth1', traffic };
    expect(routeInput(node, 4, beyond).kind).toBe('forward');
  });

  test('that suppresses a group passes over routes to its interfaces', () => {
    const rule = { priority: 10, src: 'all', table: 'main', suppress_ifgroup: '7' };
    const refusal = { priority: 20, src: 'all', action: 'prohibit' };
    const query = { source: null, destination: address('8.8.8.8'), outputInterface: null, mark: 0, tos: 0 };
    const answers = ['7', '8'].map((group) => {
      const links = [
        { ifname: 'eth0', flags: ['UP'], group, addr_info: [{ local: '10.1.0.1', prefixlen: 24 }] },
      ];
      return routeOutput(recordedNode([], [LOCAL, rule, refusal, MAIN], links), 4, query).kind;
    });
    expect(answers).toEqual(['error', 'send']);
  });

  test('that translates, as no kernel does any more, ends the packet', () => {
    const rules = [LOCAL, { priority: 10, src: 'all', table: 'main', masquerade: null }, MAIN];
    const query = { source: null, destination: address('8.8.8.8'), outputInterface: null, mark: 0, tos: 0 };
    expect(routeOutput(recordedNode([], rules), 4, query)).toMatchObject({ kind: 'error', errno: 'EINVAL' });
  });

  test('takes what it cannot read for open, never for nothing', () => {
    const rule = {
      priority: 10,
      src: 'all',
      ipproto: 'new',
      sport: 'x',
      uid_start: 'y',
      dscp: 'z',
      tun_id: 'q',
    };
    const names = (recordedNode([], [{ ...rule, table: '100' }]).rules?.[0]?.selectors ?? []).map(nameOf);
    expect(names).toEqual(['ipproto', 'sport', 'uidrange', 'dscp', 'tun_id']);
  });
});

function nameOf(selector: RuleSelector): string {
  return selector.kind === 'other' ? selector.name : `read: ${selector.kind}`;
}
