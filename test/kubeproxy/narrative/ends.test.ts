/** What is told of rewritten ends and of sockets, where one word too many would be wrong. */
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { toldOf } from '../../conformance/sentences/tell.ts';
import { dump, flow, labFiles } from '../../kernel/fixtures.ts';

async function told(rules: string, of: Flow, sockets: string | null = null): Promise<string> {
  const names = snapshotFileNames.filter((name) => labFiles[name] !== undefined);
  const files = new Map(names.map((name) => [name, labFiles[name] ?? ''] as const));
  files.set('iptables-save.txt', rules);
  if (sockets !== null) files.set('sockets.txt', sockets);
  const narrative = await toldOf(of, analysisOfFiles(files));
  return [narrative?.headline, ...(narrative?.details ?? [])].join(' ');
}

test('NETMAP behind routing changes the source, and is no translation of where the packet goes', async () => {
  const rules = dump({ nat: ['-A POSTROUTING -s 10.244.1.0/24 -j NETMAP --to 203.0.113.0/24'] });
  const text = await told(rules, flow('pod > 198.51.100.9:80'));
  expect(text).toMatch(/^Forwarded to 198\.51\.100\.9:80 out of eth0, as 203\.0\.113\.5 \(SNAT\)/);
  expect(text).not.toContain('translated by');
});

test('NETMAP before routing changes where the packet goes', async () => {
  const rules = dump({ nat: ['-A PREROUTING -d 198.51.100.0/24 -j NETMAP --to 203.0.113.0/24'] });
  const text = await told(rules, flow('pod > 198.51.100.9:80'));
  expect(text).toMatch(/^Forwarded to 203\.0\.113\.9:80 out of eth0, translated by rule 1 of PREROUTING/);
});

test('packets for this node that differ in their new source alone end alike', async () => {
  const rules = dump({
    nat: ['-A INPUT -m statistic --mode random --probability 0.5 -j SNAT --to-source 203.0.113.50'],
  });
  const text = await told(rules, flow('client > 192.168.0.2:80'));
  expect(text).toMatch(
    /^Delivered to this node itself, at 192\.168\.0\.2:80\. In 50\.0 % of cases the source/,
  );
});

test.each([
  ['tcp', 80, 'A socket of this node listens there.'],
  ['udp', 80, 'where nothing listens: the client sees "connection refused".'],
  ['tcp', 443, 'where nothing listens: the client sees "connection refused" at once.'],
] as const)('a flow that says which sockets there are: %s to port %i', async (protocol, port, words) => {
  const listeners = [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }] as const;
  const text = await told(dump({}), flow(`client > 192.168.0.2:${port} ${protocol}`, { listeners }));
  expect(text).toContain(words);
});

test.each([
  ['tcp', 80, 'A socket of this node listens there.'],
  ['tcp', 443, 'where nothing listens: the client sees "connection refused" at once.'],
  ['udp', 80, 'Whether something listens there, the rules do not tell.'],
] as const)('a node whose sockets of TCP are listed: %s to port %i', async (protocol, port, words) => {
  const sockets =
    'State  Recv-Q Send-Q Local Address:Port Peer Address:Port\nLISTEN 0      128          0.0.0.0:80      0.0.0.0:*\n';
  const text = await told(dump({}), flow(`client > 192.168.0.2:${port} ${protocol}`), sockets);
  expect(text).toContain(words);
});

test.each([
  [
    '-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP',
    'the refusal is dropped by rule 1 of OUTPUT, and the client hangs until it times out.',
  ],
  [
    '-A OUTPUT -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP',
    'the client sees "connection refused" at once.',
  ],
])('a closed port is seen by its reset alone: %s', async (rule, words) => {
  const listeners = [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }] as const;
  const text = await told(dump({ filter: [rule] }), flow('client > 192.168.0.2:443', { listeners }));
  expect(text).toContain(words);
});

test('a closed port whose reset a rule drops is told where nobody knows whether it is one', async () => {
  const rules = dump({ filter: ['-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP'] });
  expect(await told(rules, flow('client > 192.168.0.2:443'))).toContain(
    'Whether something listens there, the rules do not tell; if nothing does, the refusal is dropped by rule 1 of OUTPUT, and the client hangs until it times out.',
  );
});

test('without its sockets a node is not said to listen, nor is it for a packet of a known connection', async () => {
  const listeners = [{ protocol: 'tcp', address: '0.0.0.0', port: 80 }] as const;
  const unknown = 'Whether something listens there, the rules do not tell.';
  expect(await told(dump({}), flow('client > 192.168.0.2:443'))).toContain(unknown);
  const later = flow('client > 192.168.0.2:443', { listeners, packet: { tcpFlags: ['ACK'] } });
  expect(await told(dump({}), later)).toContain(unknown);
});

test('a rule that drops for a reason of its own says the reason', async () => {
  const rules = dump({ filter: ['-A FORWARD -p tcp -j NFQUEUE --queue-num 3'] });
  const text = await told(rules, flow('client > 10.244.1.5:80', { queues: [] }));
  expect(text).toBe(
    'Dropped by rule 1 of FORWARD: no program listens to NFQUEUE queue 3; the client hangs until it times out.',
  );
});

test('who meets SYNPROXY does not hang', async () => {
  const rules = dump({ filter: ['-A FORWARD -p tcp -j SYNPROXY --mss 1460'] });
  const text = await told(rules, flow('client > 10.244.1.5:80'));
  expect(text).toBe(
    'Taken by rule 1 of FORWARD: SYNPROXY answers the opening itself, in the server’s place.',
  );
});

test('a translation to where the packet goes anyway is none', async () => {
  const rules = dump({ nat: ['-A PREROUTING -p tcp -j DNAT --to-destination 10.244.1.5:80'] });
  expect(await told(rules, flow('client > 10.244.1.5:80'))).toMatch(/out of cni0, unchanged\. /);
});

test('nothing that is sent to many, nor ICMP, has somebody who listens', async () => {
  const listens = /listens/;
  expect(await told(dump({}), flow('client > 192.168.0.255:80'))).not.toMatch(listens);
  const mask = { icmpType: 17, icmpCode: 0 };
  expect(await told(dump({}), flow('client > 192.168.0.2 icmp', { packet: mask }))).not.toMatch(listens);
});

describe('a port of the node that no Service has', () => {
  const rules = dump({
    nat: [
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-NODEPORTS - [0:0]',
      ':KUBE-EXT-CARTCARTCARTCART - [0:0]',
      '-A PREROUTING -j KUBE-SERVICES',
      '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
      '-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 31080 -j KUBE-EXT-CARTCARTCARTCART',
    ],
  });

  test('is most likely closed where it is one for node ports', async () => {
    const text = await told(rules, flow('client > 192.168.0.2:31081'));
    expect(text).toContain(
      'where most likely nothing listens: no Service of these rules has node port 31081; the client sees "connection refused" at once',
    );
  });

  test.each([
    ['it is none of those that node ports have', rules, 8080],
    ['the rules know no node port', dump({}), 31081],
  ])('may be any process’s where %s', async (_, text, port) => {
    expect(await told(text, flow(`client > 192.168.0.2:${port}`))).toContain(
      'Whether something listens there, the rules do not tell.',
    );
  });
});
