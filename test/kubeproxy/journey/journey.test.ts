import { describe, expect, it } from 'vitest';
import type { Leg } from '../../../src/kubeproxy/journey/journey.ts';
import { journey, nodeOf } from './twoNodes.ts';

const clusterIp = { from: 'pod:10.244.1.7:5000', to: '10.96.12.3:80' };
const drop = '-d 10.244.2.9/32 -p tcp -m comment --comment "no web here" -j DROP';

/** What is said on top. */
function said({ narrative }: Leg): readonly string[] {
  return [narrative.headline, ...narrative.details];
}

function continuation(leg: Leg, node: string) {
  const found = leg.continuations.find((each) => each.node === node);
  if (found === undefined) throw new Error(`nothing goes on to ${node}`);
  return found;
}

describe('a packet whose endpoint is on another node', () => {
  it('says so where that node’s rules are not here', () => {
    const leg = journey(nodeOf(1), clusterIp);
    expect(said(leg)).toEqual([
      'Forwarded to one of 2 endpoints of default/web:http.',
      "The packet leaves this node with the client's own address, 10.244.1.7.",
      'Replies come back through this node, which makes 10.96.12.3:80 their source again.',
      'What node-2 and node-3 do with the packet is not known.',
    ]);
    expect(leg.continuations).toMatchObject([
      {
        node: 'node-2',
        kind: 'missing',
        packet: '10.244.1.7:5000 → 10.244.2.9:8080',
        message: '10.244.2.9:8080 is on node-2, whose rules are not here.',
        narrative: null,
        outcomes: ['o0'],
      },
      { node: 'node-3', kind: 'missing', outcomes: ['o1'] },
    ]);
    const [outcome] = leg.narrative.groups[0]?.outcomes ?? [];
    expect(outcome?.notices).toContain('10.244.2.9:8080 is on node-2, whose rules are not here.');
  });

  it('goes on through them where they are, with the packet as it left', () => {
    const leg = journey(nodeOf(1), clusterIp, { 'node-2': nodeOf(2), 'node-3': nodeOf(3) });
    expect(said(leg)).toEqual([
      'Forwarded to one of 2 endpoints of default/web:http.',
      "The pod sees the client's own address, 10.244.1.7.",
      'Replies come back through this node, which makes 10.96.12.3:80 their source again.',
      'The rules of node-2 and node-3 let it through.',
    ]);
    const { narrative, kind } = continuation(leg, 'node-2');
    expect(kind).toBe('traced');
    expect(narrative?.headline).toBe(
      'Forwarded to 10.244.2.9:8080 (web-a on node-2) out of cni0, unchanged.',
    );
    expect(narrative?.details).toEqual([]);
    expect(narrative?.assumptions.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'between-nodes: Between node-1 and node-2 nothing is simulated: the packet is taken to arrive as it left, whatever carries it (a router, a tunnel, an overlay network).',
      'arrival-assumed: The packet is taken to come in by eth0, by which the routes of node-2 lead to 10.244.1.7.',
      expect.stringContaining('routing-assumed: '),
      expect.stringContaining('new-connection: '),
    ]);
    expect([...leg.next.values()].map(({ flow }) => flow)).toEqual([
      {
        family: 4,
        from: { kind: 'external', address: '10.244.1.7', port: 5000 },
        to: { address: '10.244.2.9', port: 8080 },
        protocol: 'tcp',
        packet: { ttl: 63 },
      },
      expect.objectContaining({ to: { address: '10.244.3.4', port: 8080 } }),
    ]);
  });

  it('is not said to be forwarded where the other node drops it', () => {
    const leg = journey(nodeOf(1), clusterIp, {
      'node-2': nodeOf(2, { forward: [drop] }),
      'node-3': nodeOf(3),
    });
    expect(leg.narrative.verdict).toBe('mixed');
    expect(leg.narrative.headline).toBe(
      'Forwarded to 10.244.2.9:8080 (web-a on node-2), an endpoint of default/web:http, but on node-2 dropped by rule 1 of FORWARD ("no web here") (50.0 %) or forwarded to 10.244.3.4:8080 (web-b on node-3), an endpoint of default/web:http (50.0 %).',
    );
    const outcomes = leg.narrative.groups.flatMap((group) => group.outcomes);
    expect(outcomes.map(({ verdict, subtitle, notices }) => [verdict, subtitle, notices[0]])).toEqual([
      [
        'drop',
        'web-a on node-2 · dropped there',
        'On node-2 dropped by rule 1 of FORWARD ("no web here"): the client hangs until it times out.',
      ],
      ['forward', 'web-b on node-3', 'The rules of node-3 let it through.'],
    ]);
    expect(outcomes[0]?.notices.join(' ')).not.toContain('Replies');
  });

  it('is dropped where every other node drops it', () => {
    const others = {
      'node-2': nodeOf(2, { forward: [drop] }),
      'node-3': nodeOf(3, { forward: ['-d 10.244.3.4/32 -j REJECT'] }),
    };
    const leg = journey(nodeOf(1), clusterIp, others);
    expect(leg.narrative.verdict).toBe('drop');
    expect(leg.narrative.headline).toMatch(
      /but on node-2 dropped by .* but on node-3 rejected by rule 1 of FORWARD/,
    );
    const one = journey(nodeOf(1), { ...clusterIp, to: '10.244.2.9:8080' }, others);
    expect(one.narrative.verdict).toBe('drop');
    expect(one.narrative.headline).toBe(
      'Forwarded to 10.244.2.9:8080 (web-a on node-2) out of eth0, unchanged, but on node-2 dropped by rule 1 of FORWARD ("no web here"): the client hangs until it times out.',
    );
    expect(one.narrative.details).toEqual([]);
  });

  it('multiplies the shares of both nodes', () => {
    const half = '-d 10.244.2.9/32 -m statistic --mode random --probability 0.25 -j DROP';
    const leg = journey(nodeOf(1), clusterIp, {
      'node-2': nodeOf(2, { forward: [half] }),
      'node-3': nodeOf(3),
    });
    expect(leg.narrative.headline).toMatch(
      /^Forwarded to one of 2 endpoints of default\/web:http \(87\.5 %\) or /,
    );
    expect(leg.narrative.headline).toMatch(/but on node-2 dropped by rule 1 of FORWARD \(12\.5 %\)\.$/);
    expect(leg.narrative.groups[0]?.outcomes[0]?.subtitle).toBe('web-a on node-2 · 25.0 % dropped there');
    expect(leg.narrative.groups[0]?.outcomes[0]?.notices[0]).toBe(
      'On node-2 let through (75.0 %) or dropped by rule 1 of FORWARD (25.0 %).',
    );
  });

  it('may depend on what is not known of the other node, which is that node’s question', () => {
    const open = '-m set --match-set friends src -j ACCEPT';
    const others = { 'node-2': nodeOf(2, { forward: [open, '-j DROP'] }), 'node-3': nodeOf(3) };
    const form = { ...clusterIp, to: '10.244.2.9:8080' };
    const leg = journey(nodeOf(1), form, others);
    expect(leg.narrative.headline).toContain('and on node-2 it depends: forwarded to');
    expect(leg.narrative.verdict).toBe('mixed');
    const { narrative } = continuation(leg, 'node-2');
    const question = narrative?.assumptions.find(({ branched }) => branched);
    expect(question?.key).toMatch(/^at node-2: /);
    const decided = journey(nodeOf(1), form, others, [{ key: question?.key ?? '', value: false }]);
    expect(decided.narrative.headline).toContain('but on node-2 dropped by rule 2 of FORWARD');
    expect(
      continuation(decided, 'node-2').narrative?.assumptions.find(({ key }) => key === question?.key),
    ).toMatchObject({ decided: 'no' });
  });

  it('does not say whom the receiver sees where the other node changes the source again', () => {
    const rules = { postrouting: ['-d 10.244.2.0/24 -j SNAT --to-source 10.244.2.1'] };
    const form = { ...clusterIp, to: '10.244.2.9:8080' };
    const leg = journey(nodeOf(1), form, { 'node-2': nodeOf(2, rules) });
    expect(said(leg).join(' ')).not.toContain('sees');
    expect(said(leg)).toContain("The packet leaves this node with the client's own address, 10.244.1.7.");
  });
});

describe('a packet to a node port of another node', () => {
  const nodePort = { from: 'pod:10.244.1.7:5000', to: '192.168.0.2:30080' };

  it('goes on to that node, and from there to a third', () => {
    const leg = journey(nodeOf(1), nodePort, { 'node-2': nodeOf(2), 'node-3': nodeOf(3) });
    expect(leg.narrative.headline).toBe(
      'Forwarded to 192.168.0.2:30080 (node node-2) out of eth0, unchanged, and on node-2 forwarded to one of 2 endpoints of default/web:http.',
    );
    const second = continuation(leg, 'node-2');
    expect(second.continuations).toMatchObject([
      { node: 'node-3', kind: 'traced', packet: '192.168.0.2:5000 → 10.244.3.4:8080' },
    ]);
  });

  it('hears of a third node that drops it', () => {
    const third = nodeOf(3, { forward: ['-s 192.168.0.2/32 -j DROP'] });
    const leg = journey(nodeOf(1), nodePort, { 'node-2': nodeOf(2), 'node-3': third });
    expect(leg.narrative.verdict).toBe('mixed');
    expect(leg.narrative.headline).toContain('but on node-3 dropped by rule 1 of FORWARD');
  });

  it('may come back to the first node, which is said', () => {
    const leg = journey(
      nodeOf(3),
      { from: 'external:192.168.0.77', to: '192.168.0.2:30080' },
      { 'node-2': nodeOf(2), 'node-3': nodeOf(3) },
    );
    const again = continuation(leg, 'node-2').continuations[0];
    expect(again?.node).toBe('node-3');
    expect(again?.narrative?.assumptions.map(({ code }) => code)).toContain('second-passage');
  });
});

describe('a packet from elsewhere', () => {
  it('of a process of the node has the source that routing chose', () => {
    const leg = journey(nodeOf(1), { from: 'node', to: '10.96.12.3:80' }, { 'node-2': nodeOf(2) });
    expect(continuation(leg, 'node-2').packet).toMatch(/^192\.168\.0\.1:40000 → 10\.244\.2\.9:8080$/);
  });

  it('reaches a process of another node, delivered', () => {
    const leg = journey(
      nodeOf(1),
      { from: 'pod:10.244.1.7', to: '192.168.0.3:9100' },
      {
        'node-3': nodeOf(3, { input: ['-p tcp --dport 9100 -j REJECT'] }),
      },
    );
    expect(leg.narrative.verdict).toBe('reject');
    expect(leg.narrative.headline).toContain('but on node-3 rejected by rule 1 of INPUT');
    const open = journey(
      nodeOf(1),
      { from: 'pod:10.244.1.7', to: '192.168.0.3:9100' },
      { 'node-3': nodeOf(3) },
    );
    expect(said(open)).toContain('The rules of node-3 let it through.');
  });

  it('has an unknown interface where the other node’s files do not tell', () => {
    const bare = nodeOf(2, { forward: ['-i eth0 -j DROP'] }, ['ip-addr.json', 'ip-route.json']);
    const leg = journey(nodeOf(1), { ...clusterIp, to: '10.244.2.9:8080' }, { 'node-2': bare });
    const { narrative } = continuation(leg, 'node-2');
    expect(narrative?.verdict).toBe('mixed');
    expect(narrative?.assumptions.map(({ code }) => code)).toContain('arrival-unknown');
  });

  it('goes nowhere else for an endpoint on this node, or outside the cluster', () => {
    expect(journey(nodeOf(2), { from: 'pod:10.244.2.77', to: '10.244.2.9:8080' }).continuations).toEqual([]);
    expect(journey(nodeOf(1), { from: 'pod:10.244.1.7', to: '8.8.8.8:53' }).continuations).toEqual([]);
  });

  it('is not followed from a node whose name nothing tells', () => {
    const nameless = nodeOf(1, {}, ['snapshot.json', 'ip-addr.json']);
    expect(journey(nameless, { ...clusterIp, interface: 'cni0' }).continuations).toEqual([]);
  });
});
