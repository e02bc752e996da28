/** Hosts of other kinds in the real kernel: Docker, DNAT to the loopback address, every kind of REJECT, and chance itself. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFlow } from '../../src/kernel/flows.ts';
import type { Flow, FlowSource, PacketDetails, Protocol } from '../../src/kernel/flow.ts';
import { Lab, labTools, type LabOptions } from './support/lab.ts';
import type { Observation } from './support/recorder.ts';
import { frontendsOf } from './support/randomFlows.ts';
import { describeWithKernel } from './support/requirements.ts';
import { enginesOf, runFlows } from './support/runFlows.ts';

function dump(folder: string, file: string): string {
  return readFileSync(new URL(`../dumps/${folder}/${file}`, import.meta.url), 'utf8');
}

async function withLab(options: LabOptions, body: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = new Lab(options);
  try {
    await body(lab);
  } finally {
    lab.close();
  }
}

async function expectAgreement(options: LabOptions, flows: readonly Flow[]): Promise<void> {
  await withLab(options, async (lab) => {
    const { differences, unsure } = await runFlows(lab, flows);
    expect(differences.join('\n')).toBe('');
    expect(unsure).toEqual([]);
  });
}

const outside: FlowSource = { kind: 'external', address: '198.51.100.7', port: 40000, interface: 'eth0' };
const pod: FlowSource = { kind: 'pod', address: '10.244.1.7', port: 40000, interface: 'cni0' };

function container(address: string, name: string): FlowSource {
  return { kind: 'pod', address, port: 40000, interface: name };
}

function node(address: string): FlowSource {
  return { kind: 'node', address, port: 40000, interface: null, uid: 0, gid: 0 };
}

function flow(
  from: FlowSource,
  address: string,
  port: number | null,
  protocol: Protocol = 'tcp',
  packet: PacketDetails = {},
): Flow {
  const source = protocol === 'icmp' ? { ...from, port: null } : from;
  return { family: 4, from: source, to: { address, port }, protocol, packet };
}

describeWithKernel('packets through the rules of other hosts', labTools, () => {
  test('Docker with published ports and isolated networks', async () => {
    const bridges = [
      { name: 'docker0', address: '172.17.0.1/16' },
      { name: 'br-ff62b3619f33', address: '172.28.0.1/16' },
      { name: 'br-5d5310aca433', address: '172.29.0.1/16' },
    ];
    const sources = [
      outside,
      pod,
      node('192.168.0.2'),
      node('127.0.0.1'),
      container('172.17.0.2', 'docker0'),
      container('172.28.0.2', 'br-ff62b3619f33'),
      container('172.29.0.5', 'br-5d5310aca433'),
    ];
    const flows = sources.flatMap((from) => [
      flow(from, '192.168.0.2', 8080),
      flow(from, '192.168.0.2', 9001),
      flow(from, '192.168.0.2', 5353, 'udp'),
      flow(from, '172.17.0.2', 443),
      flow(from, '172.28.0.2', 9000),
      flow(from, '203.0.113.9', 80),
    ]);
    flows.push(flow(node('127.0.0.1'), '127.0.0.1', 8443), flow(outside, '172.29.0.5', null, 'icmp'));
    await expectAgreement(
      { backend: 'nft', rules: { 4: dump('docker', 'iptables-save.txt') }, bridges },
      flows,
    );
  });

  test.each([
    ['all', 1],
    ['all', 0],
    ['eth0', 1],
  ])('DNAT to 127.0.0.1 with route_localnet of %s %i', async (name, value) => {
    const nat = ['PREROUTING', 'OUTPUT'].flatMap((chain) => [
      `-A ${chain} -p tcp -m tcp --dport 30080 -j DNAT --to-destination 127.0.0.1:8080`,
      `-A ${chain} -p udp -m udp --dport 30081 -j DNAT --to-destination 192.168.0.2:8081`,
      `-A ${chain} -p tcp -m tcp --dport 30082 -j DNAT --to-destination 10.244.2.5:8082`,
      `-A ${chain} -p tcp -m tcp --dport 30083 -j DNAT --to-destination 10.244.1.5:8083`,
      `-A ${chain} -p tcp -m tcp --dport 30084 -j REDIRECT --to-ports 8084`,
    ]);
    const rules = [
      '*nat',
      ...nat,
      '-A POSTROUTING -p tcp -m tcp --dport 8082 -j MASQUERADE',
      'COMMIT',
      '*filter',
      '-A INPUT',
      '-A FORWARD',
      '-A OUTPUT',
      'COMMIT',
      '',
    ];
    const sources = [outside, pod, node('192.168.0.2'), node('127.0.0.1')];
    const targets = ['192.168.0.2', '127.0.0.1'];
    const flows = sources.flatMap((from) =>
      targets.flatMap((to) =>
        [30080, 30082, 30083, 30084, 22]
          .map((port) => flow(from, to, port))
          .concat(flow(from, to, 30081, 'udp')),
      ),
    );
    const sysctls = [`net.ipv4.conf.${name}.route_localnet=${value}`];
    await expectAgreement({ backend: 'nft', rules: { 4: rules.join('\n') }, sysctls }, flows);
  });

  test('who gets an answer from a REJECT and who does not', async () => {
    const kinds = [
      'icmp-net-unreachable',
      'icmp-host-unreachable',
      'icmp-proto-unreachable',
      'icmp-port-unreachable',
      'icmp-net-prohibited',
      'icmp-host-prohibited',
      'icmp-admin-prohibited',
    ];
    const chains = ['INPUT', 'FORWARD', 'OUTPUT'];
    const rules = chains.flatMap((chain) => [
      `-A ${chain} -p tcp -m tcp --dport 9000 -j REJECT --reject-with tcp-reset`,
      ...kinds.map(
        (kind, index) => `-A ${chain} -p tcp -m tcp --dport ${9001 + index} -j REJECT --reject-with ${kind}`,
      ),
      `-A ${chain} -p udp -m udp -j REJECT`,
      `-A ${chain} -p sctp -j REJECT`,
      `-A ${chain} -p icmp -j REJECT`,
    ]);
    const flows = [outside, pod, node('192.168.0.2')].flatMap((from) =>
      ['192.168.0.2', '10.244.2.5'].flatMap((to) => [
        ...kinds.map((_, index) => flow(from, to, 9000 + index)),
        flow(from, to, 9000, 'tcp', { tcpFlags: ['RST'] }),
        flow(from, to, 9004, 'tcp', { tcpFlags: ['RST'] }),
        flow(from, to, 53, 'udp'),
        flow(from, to, 53, 'sctp'),
        flow(from, to, null, 'icmp'),
        flow(from, to, null, 'icmp', { icmpType: 0 }),
        flow(from, to, null, 'icmp', { icmpType: 3, icmpCode: 1 }),
      ]),
    );
    flows.push(
      flow(outside, '192.168.0.255', 53, 'udp'),
      flow(pod, '255.255.255.255', 53, 'udp'),
      flow(outside, '10.244.1.5', 80, 'tcp', { ttl: 1 }),
    );
    for (const backend of ['nft', 'legacy'] as const) {
      await expectAgreement({ backend, rules: { 4: ['*filter', ...rules, 'COMMIT', ''].join('\n') } }, flows);
    }
  });

  test('pods on one bridge: routed, bridged, through a hairpin', async () => {
    const rules = [
      '*nat',
      '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.7:8080',
      '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 81 -j DNAT --to-destination 10.244.1.5:8080',
      '-A POSTROUTING -s 10.244.1.7/32 -d 10.244.1.7/32 -j MASQUERADE',
      'COMMIT',
      '*filter',
      '-A FORWARD -i cni0 -o cni0',
      '-A FORWARD -i veth+',
      '-A FORWARD -m physdev --physdev-in vethpods',
      '-A FORWARD -m physdev --physdev-is-bridged',
      'COMMIT',
      '',
    ];
    const flows = [
      flow(pod, '10.96.0.1', 80),
      flow(pod, '10.96.0.1', 81),
      flow(pod, '10.244.1.5', 8080),
      flow(pod, '10.244.1.5', 8080, 'tcp', { l2: 'bridged' }),
      flow(pod, '10.244.1.5', 8080, 'tcp', { l2: 'bridged', ttl: 1 }),
      flow(pod, '10.96.0.1', 81, 'tcp', { ttl: 1 }),
      flow(pod, '10.244.2.5', 8080),
      flow(pod, '10.244.1.1', 8080),
    ];
    await expectAgreement({ backend: 'nft', rules: { 4: rules.join('\n') } }, flows);
  });

  test('a frame for another machine, on a device that is no bridge, meets no rule and goes nowhere', async () => {
    const rules = ['*raw', '-A PREROUTING', 'COMMIT', '*filter', '-A INPUT', '-A FORWARD', 'COMMIT', ''];
    const elsewhere = { l2: 'bridged' } as const;
    const flows = [
      flow(outside, '192.168.0.2', 80, 'tcp', elsewhere),
      flow(outside, '10.244.1.7', 8080, 'udp', elsewhere),
      flow(outside, '192.168.0.255', 8080, 'udp', elsewhere),
      flow(outside, '203.0.113.9', 80, 'tcp', elsewhere),
    ];
    await expectAgreement({ backend: 'legacy', rules: { 4: rules.join('\n') } }, flows);
  });

  test('a pod that reaches itself, on a bridge of which one port alone has hairpin mode', async () => {
    const rules = [
      '*nat',
      '-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.7:8080',
      '-A POSTROUTING -s 10.244.1.7/32 -d 10.244.1.7/32 -j MASQUERADE',
      'COMMIT',
      '',
    ];
    const commands = [
      'link add quiet type veth peer name quieter',
      'link set quieter up',
      'link set quiet master cni0 up',
    ];
    await withLab({ backend: 'nft', rules: { 4: rules.join('\n') }, commands }, async (lab) => {
      const flows = [flow(pod, '10.96.0.1', 80), flow({ ...pod, port: 40001 }, '10.96.0.1', 80)];
      const { differences, unsure } = await runFlows(lab, flows);
      expect(differences.join('\n')).toBe('');
      // By which of the ports the pod is reached is in no file.
      expect(unsure).toHaveLength(2);
    });
  });

  test('a range of ports that is shifted', async () => {
    const rules = [
      '*nat',
      '-A PREROUTING -d 10.96.0.1/32 -p udp -j DNAT --to-destination 10.244.1.7:8000-8010/80',
      'COMMIT',
      '',
    ];
    const flows = [80, 83, 90, 91, 79, 75, 1, 65535].map((port) => flow(outside, '10.96.0.1', port, 'udp'));
    await expectAgreement({ backend: 'nft', rules: { 4: rules.join('\n') } }, flows);
  });
});

function sequence(first: Flow, rest: readonly Flow[]): Flow {
  const reading = readFlow(
    JSON.parse(`${JSON.stringify(first).slice(0, -1)},"then":${JSON.stringify(rest)}}`),
  );
  if (reading.kind === 'error') throw new Error(reading.message);
  return reading.flow;
}

/** `forward 10.244.1.39:8080`: the words of a sequence's result. */
function resultOf(seen: Observation): string {
  const end = seen.left[0] ?? seen.delivered[0];
  const verdict = seen.left.length > 0 ? 'forward' : 'local';
  return end === undefined ? 'drop' : `${verdict} ${end.destination}:${end.destinationPort}`;
}

describeWithKernel('chance and memory', labTools, () => {
  const rules = dump('1.36.3', 'iptables-save.txt');

  test('a Service spreads new connections over its endpoints as the engine says', async () => {
    await withLab({ backend: 'nft', rules: { 4: rules } }, async (lab) => {
      const engine = enginesOf(lab.snapshot())[4];
      const service = frontendsOf(rules, 4).find(
        ({ address, port }) => engine.trace(flow(pod, address, port)).outcomes.length === 3,
      );
      if (service === undefined) throw new Error('no Service with three endpoints');
      const expected = new Map(
        engine
          .trace(flow(pod, service.address, service.port))
          .outcomes.map(({ destination, probability }) => [destination?.address ?? '', probability]),
      );
      const seen = new Map<string, number>();
      const tries = 90;
      for (let index = 0; index < tries; index++) {
        const sent = await lab.send(flow({ ...pod, port: 20000 + index }, service.address, service.port));
        const address = lab.observe(4, sent).left[0]?.destination ?? 'gone';
        seen.set(address, (seen.get(address) ?? 0) + 1);
      }
      expect([...seen.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [address, probability] of expected) {
        const spread = Math.sqrt(tries * probability * (1 - probability));
        expect(Math.abs((seen.get(address) ?? 0) - tries * probability)).toBeLessThan(5 * spread);
      }
    });
  });

  test('a client with ClientIP affinity comes back to the same endpoint', async () => {
    await withLab({ backend: 'nft', rules: { 4: rules } }, async (lab) => {
      const engine = enginesOf(lab.snapshot())[4];
      const sticky = [
        ...rules.matchAll(/^-A KUBE-SERVICES -d ([\d.]+)\/32 -p tcp .*sticky.* --dport (\d+)/gm),
      ];
      expect(sticky.length).toBeGreaterThan(0);
      for (const [, address = '', port = ''] of sticky.slice(0, 3)) {
        for (const from of [pod, outside]) {
          const flows = [40000, 50000, 55000].map((own) =>
            flow({ ...from, port: own }, address, Number(port)),
          );
          const [first, ...rest] = flows;
          if (first === undefined) continue;
          lab.reset();
          const results: string[] = [];
          for (const packet of flows) results.push(resultOf(lab.observe(4, await lab.send(packet), false)));
          const { joint } = engine.traceSequence(sequence(first, rest));
          expect(joint.map((way) => way.results.join(' | '))).toContain(results.join(' | '));
          expect(joint.length).toBeLessThanOrEqual(6);
        }
      }
    });
  });
});
