/** ICMP queries and errors, as Linux 6.18 has them; test/realKernel/randomPackets.test.ts asks the kernel at hand. */
import { describe, expect, test } from 'vitest';
import type { Flow, PacketDetails } from '../../../src/kernel/flow.ts';
import { dump, ending, engineOf, flow, labFiles, send } from '../fixtures.ts';

const states = ['NEW', 'ESTABLISHED', 'INVALID', 'RELATED', 'UNTRACKED'];
const counting = states.map((state) => `-A INPUT -m conntrack --ctstate ${state}`);

function stateOf(packet: Flow, files = labFiles, family: 4 | 6 = 4): string {
  const rules = dump({ mangle: counting }).replace(
    'iptables-save',
    family === 4 ? 'iptables-save' : 'ip6tables-save',
  );
  const [outcome] = engineOf(rules, files, family).trace(packet).outcomes;
  const places = outcome?.steps.flatMap((step) => (step.kind === 'rule' ? [step.at.index] : [])) ?? [];
  return places.map((index) => states[index]).join();
}

function ping(packet: PacketDetails, more: Partial<Flow> = {}): Flow {
  return { ...flow('client > 192.168.0.2 icmp', { packet }), ...more };
}

function answered(request: PacketDetails): Flow {
  return flow('node > 198.51.100.7 icmp', { packet: request, from: { port: null } });
}

describe('a query', () => {
  test.each([
    [{ icmpType: 0, icmpCode: 0 }, { icmpType: 8, icmpCode: 3 }, 'INVALID'],
    [{ icmpType: 0, icmpCode: 3 }, { icmpType: 8, icmpCode: 3 }, 'ESTABLISHED'],
    [{ icmpType: 14 }, { icmpType: 13 }, 'ESTABLISHED'],
    [{ icmpType: 16 }, { icmpType: 15 }, 'ESTABLISHED'],
    [{ icmpType: 18 }, { icmpType: 17 }, 'ESTABLISHED'],
    [{ icmpType: 14 }, { icmpType: 8 }, 'INVALID'],
    [{ icmpType: 0, icmpId: 7 }, { icmpType: 8, icmpId: 7 }, 'ESTABLISHED'],
    [{ icmpType: 0, icmpId: 7 }, { icmpType: 8, icmpId: 8 }, 'INVALID'],
  ])('%o after %o is %s', (packet, request, state) => {
    expect(stateOf(ping(packet, { after: [answered(request)] }))).toBe(state);
  });

  test.each([
    [130, 'UNTRACKED'],
    [136, 'UNTRACKED'],
    [137, 'INVALID'],
    [139, 'NEW'],
    [143, 'UNTRACKED'],
    [150, 'INVALID'],
    [151, 'UNTRACKED'],
    [152, 'UNTRACKED'],
    [153, 'INVALID'],
  ])('ICMPv6 of type %i is %s', (icmpType, state) => {
    const packet: Flow = {
      family: 6,
      from: { kind: 'external', address: '2001:db8::7', port: null, interface: 'eth0' },
      to: { address: 'fd00:192:168::2', port: null },
      protocol: 'icmp',
      packet: { icmpType },
    };
    expect(stateOf(packet, labFiles, 6)).toBe(state);
  });

  test('has type and code where others have the destination port, the identifier where they have the source port', () => {
    const rules = dump({
      filter: [
        '-A INPUT -m conntrack --ctorigdstport 2048',
        '-A INPUT -m conntrack --ctrepldstport 0',
        '-A INPUT -m conntrack --ctorigdstport 0:2047',
        '-A INPUT -m conntrack --ctorigsrcport 4242',
        '-A INPUT -m conntrack --ctreplsrcport 4242',
      ],
    });
    const places = (packet: Flow): readonly string[] => send(rules, packet).path;
    const both = ['filter/INPUT/0', 'filter/INPUT/1'];
    expect(places(ping({ icmpType: 8, icmpId: 4242 }))).toEqual([
      ...both,
      'filter/INPUT/3',
      'filter/INPUT/4',
    ]);
    expect(places(ping({ icmpType: 8, icmpId: 7 }))).toEqual(both);
    // Both questions are one.
    expect(engineOf(rules).trace(ping({ icmpType: 8 })).outcomes).toHaveLength(2);
  });

  test('other protocols have nothing there, which is 0', () => {
    const rules = dump({ filter: ['-A INPUT -m conntrack --ctorigsrcport 0 --ctrepldstport 0:5'] });
    expect(send(rules, flow('client > 192.168.0.2 50')).path).toEqual(['filter/INPUT/0']);
  });
});

describe('a query that conntrack.txt knows', () => {
  const known = {
    ...labFiles,
    'conntrack.txt':
      'icmp 1 29 src=10.244.1.5 dst=198.51.100.7 type=8 code=0 id=4242 [UNREPLIED] src=198.51.100.7 dst=192.168.0.2 type=0 code=0 id=4242 mark=3 use=1',
  };
  const rules = dump({ nat: ['-A POSTROUTING -o none'], mangle: ['-A FORWARD -m connmark --mark 0x3'] });

  test('is answered by a packet of its identifier, and by one that does not say it, for granted', () => {
    const reply = ping({ icmpType: 0, icmpId: 4242 });
    expect(ending(send(rules, reply, known))).toBe('forward 198.51.100.7 > 10.244.1.5 cni0');
    expect(send(rules, reply, known).path).toEqual(['mangle/FORWARD/0']);
    expect(ending(send(rules, ping({ icmpType: 0, icmpId: 4243 }), known))).toBe(
      'local 198.51.100.7 > 192.168.0.2 eth0',
    );
    const trace = engineOf(rules, known).trace(ping({ icmpType: 0 }));
    expect(trace.outcomes.map(({ destination }) => destination?.address)).toEqual(['10.244.1.5']);
    expect(trace.assumptions.map(({ code }) => code)).toEqual(['icmp-id-unknown']);
  });

  test('may be the one that is asked about, or not', () => {
    const trace = engineOf(rules, known).trace(flow('pod > 198.51.100.7 icmp', { from: { port: null } }));
    expect(trace.outcomes).toHaveLength(2);
  });

  test('GRE, ESP and protocols without a name', () => {
    const text = ['gre 47 29', 'unknown 50 29', 'unknown  99 599']
      .map((start, index) => {
        const keys = index === 0 ? 'srckey=0x0 dstkey=0x0 ' : '';
        return `${start} src=10.244.1.5 dst=198.51.100.7 ${keys}src=198.51.100.7 dst=192.168.0.2 ${keys}mark=0 use=1`;
      })
      .join('\n');
    for (const protocol of ['47', '50', '99']) {
      const packet = flow(`client > 192.168.0.2 ${protocol}`, { from: { port: null } });
      expect(ending(send(rules, packet, { ...labFiles, 'conntrack.txt': text }))).toBe(
        'forward 198.51.100.7 > 10.244.1.5 cni0',
      );
    }
  });
});

describe('an error about a translated connection', () => {
  const rules = dump({ nat: ['-A POSTROUTING -s 10.244.1.0/24 -o eth0 -j MASQUERADE'] });
  const first = flow('pod > 203.0.113.9:80 tcp');
  const quote: Flow = flow('node > 203.0.113.9:80 tcp');
  const error = (packet: PacketDetails, about = quote): Flow =>
    flow('client > 192.168.0.2 icmp', { packet: { ...packet, quote: about }, after: [first] });

  test.each([3, 4, 11, 12])('of type %i goes to who sent the first packet', (icmpType) => {
    expect(ending(send(rules, error({ icmpType })))).toBe('forward 198.51.100.7 > 10.244.1.5 cni0');
  });

  test('is dropped where it is a redirect', () => {
    expect(ending(send(rules, error({ icmpType: 5, icmpCode: 1 })))).toBe('drop kernel');
    const plain = dump({ nat: ['-A POSTROUTING -o none'], mangle: counting });
    const about = flow('node > 203.0.113.9:80 tcp');
    expect(send(plain, { ...error({ icmpType: 5 }, about), after: [about] }).path).toEqual([
      'mangle/INPUT/3',
    ]);
  });

  test('is invalid where what it quotes is an error itself', () => {
    const nested = error({ icmpType: 3 }, error({ icmpType: 3 }));
    const outcome = send(dump({ nat: ['-A POSTROUTING -j MASQUERADE'], mangle: counting }), nested);
    expect(outcome.path).toEqual(['mangle/INPUT/2']);
  });
});
