/** What no recording shows: IPVS with other sysctls, methods and schedulers. The packets of recordings: test/conformance/ipvs. */
import { describe, expect, it, test } from 'vitest';
import type { Flow, TcpFlag } from '../../../src/kernel/flow.ts';
import { flow, dump, sequence } from '../../kernel/fixtures.ts';
import { assumed, ends, ipvsEngine } from './support.ts';

const two = (service: string): string => `-A ${service}
-a ${service.split(' -s ')[0]} -r 10.244.1.8:8080 -m -w 1
-a ${service.split(' -s ')[0]} -r 10.244.2.5:8080 -m -w 1
`;

const counted = (
  scheduler: string,
  ...servers: readonly string[]
): string => `Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.9.9.9:80 ${scheduler}
${servers.map((server) => `  -> ${server}\n`).join('')}`;

/** Without a rule that needs it the kernel tracks no connection, and nat is not asked. */
const TRACKING = '-A POSTROUTING -s 203.0.113.0/24 -j MASQUERADE';

const onLoopback = (method: string): string =>
  `-A -u 10.9.9.9:53 -s rr\n-a -u 10.9.9.9:53 -r 127.0.0.1:53 ${method} -w 1\n`;

const toVirtual = flow('client > 10.9.9.9:80 tcp');

const from = (address: string, port = 40000): Flow =>
  flow('client > 10.9.9.9:80 tcp', { from: { address, port } });

describe('a new connection', () => {
  it('goes to each server in turn, wherever that began', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s rr'));
    expect(ends(engine, toVirtual)).toEqual(['forward 10.244.1.8:8080 50 %', 'forward 10.244.2.5:8080 50 %']);
    expect(assumed(engine, toVirtual)).toContain('ipvs-scheduler-state');
    const { joint } = engine.traceSequence(
      sequence(toVirtual, from('198.51.100.7', 40001), from('198.51.100.8')),
    );
    expect(
      joint.map(({ results, probability }) => `${results.join(', ')} ${probability}`).toSorted(),
    ).toEqual([
      'forward 10.244.1.8:8080, forward 10.244.2.5:8080, forward 10.244.1.8:8080 0.5',
      'forward 10.244.2.5:8080, forward 10.244.1.8:8080, forward 10.244.2.5:8080 0.5',
    ]);
  });

  it('goes by weight, and to none of weight 0', () => {
    const weighted = `-A -t 10.9.9.9:80 -s wrr
-a -t 10.9.9.9:80 -r 10.244.1.8:8080 -m -w 3
-a -t 10.9.9.9:80 -r 10.244.2.5:8080 -m -w 1
-a -t 10.9.9.9:80 -r 10.244.2.6:8080 -m -w 0
`;
    expect(ends(ipvsEngine(weighted), toVirtual)).toEqual([
      'forward 10.244.1.8:8080 75 %',
      'forward 10.244.2.5:8080 25 %',
    ]);
    expect(ends(ipvsEngine(weighted.replace('wrr', 'fo')), toVirtual)).toEqual(['forward 10.244.1.8:8080']);
    const none = ipvsEngine(weighted.replaceAll(/-w \d/g, '-w 0'));
    expect(ends(none, toVirtual)).toEqual(['reject by ipvs/TCP 10.9.9.9:80']);
  });

  it('goes by a hash of the address, with sh, where the order of the servers is known', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s sh'), { orderKnown: true });
    // 0xc6336407 × 0x61c88647 >> 24 is 0x2c, …408 0x8e, …409 0xf0, …40a 0x51: the servers in turn, the last listed first.
    const found = [7, 8, 9, 10].map((last) => ends(engine, from(`198.51.100.${last}`)));
    expect(found).toEqual(
      [7, 8, 9, 10].map((last) => {
        const hash = Math.imul(0xc6336400 + last, 0x61c88647) >>> 24;
        return [hash % 2 === 0 ? 'forward 10.244.2.5:8080' : 'forward 10.244.1.8:8080'];
      }),
    );
    expect(new Set(found.flat()).size).toBe(2);
    expect(assumed(engine, toVirtual)).toContain('ipvs-order-assumed');
  });

  it('is held to one server by sh where that order is not known', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s sh'));
    const { joint } = engine.traceSequence(sequence(toVirtual, from('198.51.100.7', 40001)));
    expect(joint.map(({ results }) => new Set(results).size)).toEqual([1, 1]);
  });

  it('is refused by sh where its place is that of a server of weight 0, unless sh-fallback is set', () => {
    const table = two('-t 10.9.9.9:80 -s sh').replace('2.5:8080 -m -w 1', '2.5:8080 -m -w 0');
    const clients = [1, 2, 3, 4, 5, 6, 7, 8].map((last) => from(`198.51.100.${last}`));
    const ways = (text: string): ReadonlySet<string> =>
      new Set(clients.flatMap((client) => ends(ipvsEngine(text, { orderKnown: true }), client)));
    expect(ways(table)).toEqual(new Set(['forward 10.244.1.8:8080', 'reject by ipvs/TCP 10.9.9.9:80']));
    expect(ways(table.replace('-s sh', '-s sh -b sh-fallback'))).toEqual(
      new Set(['forward 10.244.1.8:8080']),
    );
  });

  describe('goes by the counts of a listing', () => {
    const busy = '10.244.1.8:8080 Masq 4 3 100';
    const calm = '10.244.2.5:8080 Masq 1 1 0';

    it.each([
      // 868 against 256; by weight 217 against 256; 4/4 against 2/1.
      ['lc', [busy, calm], 'forward 10.244.2.5:8080'],
      ['wlc', [busy, calm], 'forward 10.244.1.8:8080'],
      ['sed', [busy, calm], 'forward 10.244.1.8:8080'],
      ['nq', [busy, calm], 'forward 10.244.1.8:8080'],
      // Idle, of whatever weight, is first for nq: 1/1 is more than 2/4 for sed.
      ['nq', ['10.244.1.8:8080 Masq 4 1 0', '10.244.2.5:8080 Masq 1 0 9'], 'forward 10.244.2.5:8080'],
      ['sed', ['10.244.1.8:8080 Masq 4 1 0', '10.244.2.5:8080 Masq 1 0 9'], 'forward 10.244.1.8:8080'],
      // An active connection counts as 256 others, for lc and wlc.
      ['wlc', ['10.244.1.8:8080 Masq 1 1 0', '10.244.2.5:8080 Masq 1 0 255'], 'forward 10.244.2.5:8080'],
      ['lc', ['10.244.1.8:8080 Masq 1 1 0', '10.244.2.5:8080 Masq 1 0 257'], 'forward 10.244.1.8:8080'],
    ])('%s, of %j', (scheduler, servers, end) => {
      const engine = ipvsEngine(counted(scheduler, ...servers));
      expect(ends(engine, toVirtual)).toEqual([end]);
      expect(assumed(engine, toVirtual)).toContain('ipvs-counts-assumed');
    });

    it('to the first in the kernel’s order of those that have the least', () => {
      const even = counted('wlc', '10.244.1.8:8080 Masq 2 2 0', '10.244.2.5:8080 Masq 1 1 0');
      expect(ends(ipvsEngine(even), toVirtual)).toEqual([
        'forward 10.244.1.8:8080 50 %',
        'forward 10.244.2.5:8080 50 %',
      ]);
      expect(ends(ipvsEngine(even, { orderKnown: true }), toVirtual)).toEqual(['forward 10.244.2.5:8080']);
    });

    it('once: how the kernel counts that connection is not told', () => {
      const engine = ipvsEngine(counted('lc', busy, calm));
      const { joint } = engine.traceSequence(sequence(toVirtual, from('198.51.100.8')));
      expect(joint.map(({ results }) => results.join(', ')).toSorted()).toEqual([
        'forward 10.244.2.5:8080, forward 10.244.1.8:8080',
        'forward 10.244.2.5:8080, forward 10.244.2.5:8080',
      ]);
    });

    it('by chance where there are none', () => {
      const engine = ipvsEngine(two('-t 10.9.9.9:80 -s wlc'));
      expect(ends(engine, toVirtual)).toHaveLength(2);
      expect(assumed(engine, toVirtual)).toContain('ipvs-scheduler-state');
    });
  });

  it('is dropped now and then where drop_packet is always on', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { vs: ['drop_packet = 3', 'am_droprate = 4'] });
    expect(ends(engine, toVirtual)).toContain('drop by ipvs/TCP 10.9.9.9:80 25 %');
  });

  it('is IPVS’s whatever backup_only says: a machine that is no backup goes on balancing, which is assumed', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { vs: ['backup_only = 1'] });
    expect(ends(engine, toVirtual)).toHaveLength(2);
    expect(assumed(engine, toVirtual)).toContain('ipvs-backup-assumed');
  });

  it('is taken for IPVS’s by -m ipvs where ignore_tunneled is set and IPVS does not know its protocol', () => {
    const rules = dump({ nat: ['-A INPUT -m ipvs --ipvs -j ACCEPT', TRACKING] });
    const ping = flow('client > 10.9.9.9 icmp');
    const logged = (vs: readonly string[]): boolean =>
      ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { rules, vs })
        .trace(ping)
        .outcomes.every(({ steps }) => steps.some((step) => step.kind === 'rule' && step.at.table === 'nat'));
    expect([logged(['ignore_tunneled = 1']), logged([])]).toEqual([true, false]);
  });

  it('has a connection behind it that went into a tunnel', () => {
    const text = `-A -u 10.9.9.9:53 -s rr\n-a -u 10.9.9.9:53 -r 10.244.2.5:53 -i -w 1\n`;
    const rules = dump({ nat: ['-A PREROUTING -j LOG', TRACKING] });
    const first = flow('client > 10.9.9.9:53 udp');
    const asksNat = (of: Flow): boolean =>
      ipvsEngine(text, { rules })
        .trace(of)
        .outcomes.every(({ steps }) => steps.some((step) => step.kind === 'rule' && step.at.table === 'nat'));
    expect([asksNat(first), asksNat({ ...first, after: [first] })]).toEqual([true, false]);
  });
});

describe('persistence', () => {
  it('holds all of a network to one server', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s rr -p 60 -M 255.255.255.0'));
    const { joint } = engine.traceSequence(sequence(toVirtual, from('198.51.100.9')));
    expect(joint.map(({ results }) => new Set(results).size)).toEqual([1, 1]);
    const others = engine.traceSequence(sequence(toVirtual, from('198.51.101.9')));
    expect(others.joint.map(({ results }) => new Set(results).size)).toEqual([2, 2]);
    expect(assumed(engine, toVirtual)).toContain('ipvs-template-unknown');
  });

  it('goes by the template that is listed', () => {
    const template = 'TCP 00:53 NONE 198.51.100.7:0 10.9.9.9:80 10.244.2.5:8080\n';
    const engine = ipvsEngine(`${two('-t 10.9.9.9:80 -s rr -p 60')}${template}`);
    expect(ends(engine, toVirtual)).toEqual(['forward 10.244.2.5:8080']);
    expect(ends(engine, from('198.51.100.8'))).toHaveLength(2);
  });
});

describe('a connection that conntrack knows', () => {
  const conntrack =
    'tcp      6 86390 ESTABLISHED src=198.51.100.7 dst=10.9.9.9 sport=40000 dport=80 src=10.244.2.5 dst=198.51.100.7 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n';
  const rules = dump({ filter: ['-A INPUT -m conntrack --ctstate ESTABLISHED'] });
  const ack = flow('client > 10.9.9.9:80 tcp', { packet: { tcpFlags: ['ACK'] } });
  const path = (text: string): readonly string[] | undefined =>
    ipvsEngine(text, { conntrack, rules })
      .trace(ack)
      .outcomes[0]?.steps.flatMap((step) => (step.kind === 'hook' ? [`${step.hook} ${step.table}`] : []));

  it('goes on to its server, by INPUT', () => {
    const engine = ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { conntrack, rules });
    expect(ends(engine, ack)).toEqual(['forward 10.244.2.5:8080']);
    expect(path(two('-t 10.9.9.9:80 -s rr'))).toContain('INPUT ipvs');
  });

  it('is none of IPVS’s where the server has gone', () => {
    const gone = two('-t 10.9.9.9:80 -s rr').replace('10.244.2.5', '10.244.2.6');
    expect(ends(ipvsEngine(gone, { conntrack, rules }), ack)).toEqual(['local 10.9.9.9:80']);
  });

  it('is scheduled as ever where IPVS lists its own connections without it', () => {
    const listed = `${two('-t 10.9.9.9:80 -s rr')}IPVS connection entries\n`;
    expect(ends(ipvsEngine(listed, { conntrack, rules }), ack)).toEqual(['local 10.9.9.9:80']);
  });
});

test('what comes from :: is refused without an answer', () => {
  const nobody: Flow = {
    family: 6,
    from: { kind: 'external', address: '::', port: 40000, interface: 'eth0' },
    to: { address: 'fd00:9::9', port: 53 },
    protocol: 'udp',
  };
  const empty = ipvsEngine('-A -u [fd00:9::9]:53 -s rr\n', { family: 6 });
  expect(ends(empty, nobody)).toEqual(['drop by ipvs/UDP [fd00:9::9]:53']);
  const client = { ...nobody.from, address: '2001:db8:2::10' };
  expect(ends(empty, { ...nobody, from: client })).toEqual(['reject by ipvs/UDP [fd00:9::9]:53']);
});

describe('what is not translated', () => {
  const routed = '-A -t 10.9.9.9:80 -s rr\n-a -t 10.9.9.9:80 -r 10.244.1.8:80 -g -w 1\n';

  it('keeps its address with direct routing, and leaves towards the server', () => {
    const [outcome] = ipvsEngine(routed).trace(toVirtual).outcomes;
    expect(outcome).toMatchObject({
      verdict: 'forward',
      interface: 'cni0',
      destination: { address: '10.9.9.9', port: 80 },
      ttl: 63,
    });
  });

  it('is delivered at a loopback address, to which nothing of others is translated', () => {
    const dns = flow('client > 10.9.9.9:53 udp');
    expect(['-g', '-i', '-m'].map((method) => ends(ipvsEngine(onLoopback(method)), dns))).toEqual([
      ['local 10.9.9.9:53'],
      ['local 10.9.9.9:53'],
      ['drop by ipvs/UDP 10.9.9.9:53'],
    ]);
  });

  it.each(['-g', '-i'])(
    'is lost with %s where its server is on the node and its address is not',
    (method) => {
      const text = `-A -t 10.9.7.7:80 -s rr\n-a -t 10.9.7.7:80 -r 192.168.0.2:80 ${method} -w 1\n`;
      expect(ends(ipvsEngine(text), flow('node > 10.9.7.7:80 tcp'))).toEqual([
        'drop by ipvs/TCP 10.9.7.7:80',
      ]);
    },
  );

  it('has the address of its way as its source, inside of a tunnel', () => {
    const text = '-A -u 10.9.9.9:53 -s rr\n-a -u 10.9.9.9:53 -r 10.244.2.5:53 -i -w 1\n';
    const rules = dump({ filter: ['-A OUTPUT -s 192.168.0.2 -j DROP'] });
    expect(ends(ipvsEngine(text, { rules }), flow('client > 10.9.9.9:53 udp'))).toEqual([
      'drop by filter/OUTPUT/0',
    ]);
  });

  it('leaves inside of another packet with a tunnel, which rules see in its place', () => {
    const rules = dump({ filter: ['-A OUTPUT -d 10.244.1.8/32 -p 4 -j DROP'] });
    expect(ends(ipvsEngine(routed.replace(' -g', ' -i'), { rules }), toVirtual)).toEqual([
      'drop by filter/OUTPUT/0',
    ]);
    expect(ends(ipvsEngine(routed, { rules }), toVirtual)).toEqual(['forward 10.9.9.9:80']);
  });
});

describe('-m ipvs', () => {
  const rules = dump({ filter: ['-A OUTPUT -m ipvs --vaddr 10.9.9.9 --vport 80 --vmethod MASQ -j DROP'] });

  it('finds what IPVS sent on', () => {
    expect(ends(ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { rules }), toVirtual)[0]).toContain(
      'drop by filter/OUTPUT/0',
    );
    const other = rules.replace('--vport 80', '! --vport 80');
    expect(ends(ipvsEngine(two('-t 10.9.9.9:80 -s rr'), { rules: other }), toVirtual)).toHaveLength(2);
  });
});

function sent(port: number, ...tcpFlags: readonly TcpFlag[]): Flow {
  return flow('pod > 198.51.100.7:40000 tcp', {
    from: { address: '10.244.1.8', port },
    packet: { tcpFlags },
  });
}

describe('the answer of a server', () => {
  it('gets the address of the virtual server, of a masqueraded connection, too', () => {
    const rules = dump({ nat: ['-A POSTROUTING -s 198.51.100.0/24 -j MASQUERADE'] });
    const engine = ipvsEngine('-A -t 10.9.9.9:80 -s rr\n-a -t 10.9.9.9:80 -r 10.244.1.8:8080 -m -w 1\n', {
      rules,
    });
    const trace = engine.trace(toVirtual);
    const [reply] = engine.replies(toVirtual, trace).byOutcome[0] ?? [];
    const steps =
      reply?.outcome?.steps.flatMap((step) => (step.kind === 'rule' ? [step.at.table] : [])) ?? [];
    expect(steps).toContain('ipvs-out');
    expect(reply?.outcome).toMatchObject({
      verdict: 'forward',
      source: { address: '10.9.9.9', port: 80 },
      destination: { address: '198.51.100.7', port: 40000 },
    });
  });

  it('is refused without a connection, but for a reset, where the node is told so', () => {
    const text = '-A -t 10.9.9.9:80 -s rr\n-a -t 10.9.9.9:80 -r 10.244.1.8:8080 -m -w 0\n';
    const engine = ipvsEngine(text, { vs: ['nat_icmp_send = 1'] });
    expect(ends(engine, sent(8080, 'SYN', 'ACK'))).toEqual(['reject by ipvs-out/TCP 10.9.9.9:80']);
    for (const other of [sent(8081, 'SYN', 'ACK'), sent(8080, 'RST')])
      expect(ends(engine, other)).toEqual(['forward 198.51.100.7:40000']);
    expect(ends(ipvsEngine(text), sent(8080, 'SYN', 'ACK'))).toEqual(['forward 198.51.100.7:40000']);
  });
});
