/** The source of a node's own packet where /proc told only some of its addresses and nothing of preferred sources. */
import { describe, expect, test } from 'vitest';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import type { SnapshotFileName } from '../../src/kernel/snapshot.ts';
import type { Trace } from '../../src/kernel/trace.ts';
import { dump } from './fixtures.ts';

function partially(rows: readonly object[]): string {
  return JSON.stringify(rows.map((row) => ({ ...row, partial: true })));
}

function inet(...addresses: readonly string[]): readonly object[] {
  return addresses.map((text) => {
    const [local = '', length] = text.split('/');
    return { family: 'inet', local, prefixlen: Number(length), scope: 'global' };
  });
}

function traceOf(rule: string, to: string, eth0: readonly string[]): Trace {
  const files = new Map<SnapshotFileName, string>([
    ['iptables-save.txt', dump({ filter: [rule] })],
    [
      'ip-addr.json',
      partially([
        { ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP'], addr_info: inet('127.0.0.1/8') },
        { ifindex: 2, ifname: 'eth0', flags: ['UP'], addr_info: inet(...eth0) },
        { ifindex: 3, ifname: 'pod1', flags: ['UP'], addr_info: [] },
      ]),
    ],
    [
      'ip-route.json',
      partially([
        { dst: 'default', gateway: '192.168.0.1', dev: 'eth0', flags: [] },
        { dst: '10.244.1.5', dev: 'pod1', scope: 'link', flags: [] },
        { dst: '192.168.0.0/24', dev: 'eth0', scope: 'link', flags: [] },
        ...eth0.map((text) => ({ type: 'local', dst: text.split('/')[0], table: 'local', flags: [] })),
      ]),
    ],
  ]);
  const from: Flow['from'] = { kind: 'node', address: null, port: 40_000, interface: null };
  const flow: Flow = { family: 4, from, to: { address: to, port: 80 }, protocol: 'tcp' };
  const engine = analysisOfFiles(files).engine(4);
  if (engine === null) throw new Error('There are rules of IPv4.');
  return engine.trace(flow);
}

describe("a node's own packet, on a node that is known in part,", () => {
  test('is taken to have the only address in the network of the next hop, and says so', () => {
    const rule = '-A OUTPUT -s 192.168.0.0/24 -j DROP';
    const { outcomes, assumptions } = traceOf(rule, '203.0.113.9', ['192.168.0.2/24', '172.16.5.2/24']);
    expect(outcomes.map(({ by }) => by)).toEqual(['filter/OUTPUT/0']);
    expect(assumptions).toContainEqual(
      expect.objectContaining({
        code: 'source-assumed',
        message: expect.stringContaining('taken to have 192.168.0.2 as its source'),
      }),
    );
  });

  test('to an address of the node has that one', () => {
    const { outcomes } = traceOf('-A OUTPUT -s 192.168.0.2 -j DROP', '192.168.0.2', ['192.168.0.2/24']);
    expect(outcomes.map(({ by }) => by)).toEqual(['filter/OUTPUT/0']);
  });

  test('takes the first address of the node where the interface has none, as a link to a Pod', () => {
    const rule = '-A OUTPUT -s 192.168.0.2 -j DROP';
    const { outcomes, assumptions } = traceOf(rule, '10.244.1.5', ['192.168.0.2/24', '172.16.5.2/24']);
    expect(outcomes.map(({ by }) => by)).toEqual(['filter/OUTPUT/0']);
    expect(assumptions).toContainEqual(
      expect.objectContaining({
        code: 'source-assumed',
        message: expect.stringContaining('the first one of'),
      }),
    );
  });

  test('has no known source where two addresses may be meant', () => {
    const rule = '-A OUTPUT -s 192.168.0.2 -j DROP';
    const { assumptions } = traceOf(rule, '203.0.113.9', ['192.168.0.2/24', '192.168.0.3/24']);
    expect(assumptions.map(({ code }) => code)).toContain('source-unknown');
    expect(assumptions.map(({ code }) => code)).not.toContain('source-assumed');
  });
});
