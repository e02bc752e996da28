/** Which cause is named for what stops or changes a packet, where several could be. */
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { destinationNote } from '../../../src/kubeproxy/form/destinationNote.ts';
import { rulesOnly, sentences } from './support.ts';

type Files = Readonly<Partial<Record<SnapshotFileName, string>>>;

function said(rules: readonly string[], form: Partial<FlowForm>, files: Files = {}): readonly string[] {
  return sentences(rulesOnly(`${rules.join('\n')}\n`, files), form);
}

const outside = 'external:203.0.113.9';
const node = 'node:192.0.2.10';

const marking = [
  '-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000',
  '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
];

const firewall = [
  '*filter',
  ':INPUT ACCEPT [0:0]',
  ':FORWARD ACCEPT [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  ':KUBE-FIREWALL - [0:0]',
  '-A INPUT -j KUBE-FIREWALL',
  '-A FORWARD -j KUBE-FIREWALL',
  '-A OUTPUT -j KUBE-FIREWALL',
  '-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP',
  'COMMIT',
];

/** A load-balancer IP of kube-proxy up to 1.24, whose KUBE-FW and what is behind it are given. */
function oldLoadBalancer(behind: readonly string[]): readonly string[] {
  const chains = new Set(behind.flatMap((rule) => /^-A (\S+)/.exec(rule)?.[1] ?? []));
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':KUBE-MARK-DROP - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ...[...chains].map((chain) => `:${chain} - [0:0]`),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    '-A KUBE-SERVICES -d 192.0.2.80/32 -p tcp -m comment --comment "shop/cart:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-CARTCARTCARTCART',
    ...marking,
    ...behind,
    'COMMIT',
    ...firewall,
  ];
}

const link = (ifname: string, ...addresses: readonly string[]): object => ({
  ifname,
  flags: ['UP', 'LOWER_UP', ...(ifname === 'lo' ? ['LOOPBACK'] : ['BROADCAST'])],
  operstate: 'UP',
  addr_info: addresses.map((address) => ({ family: 'inet', local: address, prefixlen: 32, scope: 'global' })),
});

const local: Files = {
  'ip-addr.json': JSON.stringify([link('lo', '127.0.0.1'), link('eth0', '192.0.2.10', '192.0.2.80')]),
};

/** A Service whose rules are all that is there: its cluster IP is known to be no address of the node. */
const service = (...more: readonly string[]): readonly string[] => [
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  ':POSTROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':KUBE-SVC-CARTCARTCARTCART - [0:0]',
  ':KUBE-SEP-ONEONEONEONEONEO - [0:0]',
  '-A PREROUTING -j KUBE-SERVICES',
  '-A OUTPUT -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-CARTCARTCARTCART',
  '-A KUBE-SVC-CARTCARTCARTCART -j KUBE-SEP-ONEONEONEONEONEO',
  '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080',
  ...more,
  'COMMIT',
];

const fw = (rule: string): string => `-A KUBE-FW-CARTCARTCARTCART ${rule}`;
const drop = fw('-m comment --comment "shop/cart:http loadbalancer IP" -j KUBE-MARK-DROP');
const noLocal = [
  '-A KUBE-XLB-CARTCARTCARTCART -s 10.244.0.0/16 -j KUBE-SVC-CARTCARTCARTCART',
  '-A KUBE-XLB-CARTCARTCARTCART -m comment --comment "shop/cart:http has no local endpoints" -j KUBE-MARK-DROP',
  '-A KUBE-SVC-CARTCARTCARTCART -j KUBE-SEP-ONEONEONEONEONEO',
  '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080',
];
const entry = [
  '-A KUBE-EXT-CARTCARTCARTCART -j KUBE-SVC-CARTCARTCARTCART',
  '-A KUBE-SVC-CARTCARTCARTCART -j KUBE-SEP-ONEONEONEONEONEO',
  '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080',
];

const hangs = 'the client hangs until it times out.';

describe('a packet that was marked to be dropped', () => {
  it('for want of local endpoints is told so, though KUBE-FW would have marked it again', () => {
    const rules = oldLoadBalancer([fw('-j KUBE-XLB-CARTCARTCARTCART'), drop, ...noLocal]);
    const cause = 'Dropped: shop/cart:http has no endpoint on this node, and its traffic policy is Local; ';
    expect(said(rules, { from: outside, to: '192.0.2.80:80' }, local)[0]).toBe(`${cause}${hangs}`);
    expect(said(rules, { from: node, to: '192.0.2.80:80' }, local)[0]).toBe(
      `${cause}the process hangs until it times out.`,
    );
  });

  it('outside of the source ranges is told so', () => {
    const rules = oldLoadBalancer([fw('-s 198.51.100.0/24 -j KUBE-EXT-CARTCARTCARTCART'), drop, ...entry]);
    expect(said(rules, { from: outside, to: '192.0.2.80:80' }, local)[0]).toBe(
      `Dropped: 203.0.113.9 is not in the load-balancer source ranges of shop/cart:http; ${hangs}`,
    );
  });

  it('before the source range that lets it in is told of both rules', () => {
    const rules = oldLoadBalancer([
      fw('-s 198.51.100.0/24 -j KUBE-EXT-CARTCARTCARTCART'),
      drop,
      fw('-s 203.0.113.0/24 -j KUBE-EXT-CARTCARTCARTCART'),
      drop,
      ...entry,
    ]);
    expect(said(rules, { from: outside, to: '192.0.2.80:80' }, local)[0]).toBe(
      'Dropped: rule 2 of KUBE-FW-CARTCARTCARTCART marked it for that before rule 3 of KUBE-FW-CARTCARTCARTCART, ' +
        `which lets 203.0.113.9 in, and nothing takes the mark back; ${hangs}`,
    );
  });

  it('inside of the source ranges, where no endpoint takes it, is not told to be outside', () => {
    const rules = oldLoadBalancer([
      fw('-s 203.0.113.0/24 -j KUBE-SVC-CARTCARTCARTCART'),
      drop,
      '-A KUBE-SVC-CARTCARTCARTCART -s 10.9.9.9 -j KUBE-SEP-ONEONEONEONEONEO',
      ...entry.slice(-1),
    ]);
    expect(said(rules, { from: outside, to: '192.0.2.80:80' }, local)[0]).toBe(
      `Dropped: no rule behind KUBE-FW-CARTCARTCARTCART takes it to an endpoint of shop/cart:http; ${hangs}`,
    );
  });

  it("by somebody's own mark is told of the rule that set it", () => {
    const rules = [
      '*mangle',
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -s 203.0.113.0/24 -m comment --comment "guests" -j MARK --set-xmark 0x10/0x10',
      'COMMIT',
      '*filter',
      ':INPUT ACCEPT [0:0]',
      '-A INPUT -m mark --mark 0x10/0x10 -j DROP',
      'COMMIT',
    ];
    expect(said(rules, { from: outside, to: '192.0.2.10:80' }, local)[0]).toBe(
      `Dropped: rule 1 of PREROUTING ("guests") marked it for that; ${hangs}`,
    );
  });
});

const snat = (target: string): readonly string[] => [
  '*nat',
  ':POSTROUTING ACCEPT [0:0]',
  `-A POSTROUTING -s 10.1.0.0/16 ! -o vlan+ -j ${target}`,
  'COMMIT',
];

describe('what changed the source', () => {
  const form = { from: 'pod:10.1.0.5', to: '203.0.113.9:443' };

  it.each([
    ['SNAT --to-source 192.0.2.10', '192.0.2.10 (SNAT)'],
    ['MASQUERADE', "one of the node's addresses (masqueraded)"],
  ])('is in the headline, be it %s', (target, source) => {
    const [headline] = said(snat(target), form);
    expect(headline).toContain(`forwarded to 203.0.113.9:443, as ${source}`);
    expect(headline).toContain('forwarded to 203.0.113.9:443, unchanged');
  });

  it('is told beside the rule that translated the destination, too', () => {
    const rules = [
      ...snat('MASQUERADE').slice(0, -1),
      ':PREROUTING ACCEPT [0:0]',
      '-A PREROUTING -d 203.0.113.50/32 -j DNAT --to-destination 10.65.0.2',
      'COMMIT',
    ];
    const [headline] = said(rules, { from: 'pod:10.1.0.5', to: '203.0.113.50:80' }, local);
    expect(headline).toMatch(
      /translated by rule 1 of PREROUTING, as one of the node's addresses|translated by rule 1 of PREROUTING, as 192\.0\.2\.\d+ \(masqueraded\)/,
    );
  });

  it('is told of a packet whose new address is not known', () => {
    const rules = service('-A POSTROUTING -j MASQUERADE');
    expect(said(rules, { from: 'pod:10.1.0.5', to: 'shop/cart:http' })).toContain(
      "The endpoint sees one of the node's addresses (masqueraded), not the client's.",
    );
  });
});

describe('the source of a process of the node', () => {
  const rules = ['*filter', ':OUTPUT ACCEPT [0:0]', 'COMMIT'];

  it.each([
    ['192.0.2.10', "The receiver sees this node's address, 192.0.2.10."],
    ['10.66.66.66', 'The receiver sees 10.66.66.66, which no interface of this node has.'],
  ])('%s is called what it is', (address, sentence) => {
    expect(said(rules, { from: `node:${address}`, to: '198.51.100.7:80' }, local)).toContain(sentence);
  });

  it('is not called the node’s where no file tells', () => {
    expect(said(service(), { from: 'node:10.66.66.66', to: 'shop/cart:http' })).toContain(
      "The endpoint sees the process's own address, 10.66.66.66.",
    );
  });
});

describe('a rule with several comments', () => {
  it('is quoted with the one that tells something, not with its hash', () => {
    const rules = [
      '*filter',
      ':FORWARD ACCEPT [0:0]',
      '-A FORWARD -m comment --comment "cali:B000000000000007" -m comment --comment "Drop if no policies passed packet" -j DROP',
      'COMMIT',
    ];
    expect(said(rules, { from: 'pod:10.1.0.5', to: '198.51.100.7:80' }, local)[0]).toBe(
      `Dropped by rule 1 of FORWARD ("Drop if no policies passed packet"): ${hangs}`,
    );
  });
});

describe('the counters of iptables -S -v', () => {
  it('are no condition', () => {
    const rules = ['-P FORWARD ACCEPT -c 3 180', '-A FORWARD -p tcp -c 4 240 -j DROP'];
    expect(said(rules, { from: 'pod:10.1.0.5', to: '198.51.100.7:80' }, local)[0]).toBe(
      `Dropped by rule 1 of FORWARD: ${hangs}`,
    );
  });
});

const table = (status: string): Files => ({
  'conntrack.txt': `udp 17 28 src=10.244.2.2 dst=10.96.0.10 sport=51515 dport=53 ${status}src=10.244.1.4 dst=10.244.2.2 sport=53 dport=51515 mark=0 use=1\n`,
});

describe('a connection that the node knows', () => {
  const rules = service().map((line) =>
    line
      .replaceAll('shop/cart:http', 'kube-system/kube-dns:dns')
      .replaceAll('10.96.0.7', '10.96.0.10')
      .replaceAll('tcp', 'udp')
      .replace('--dport 80', '--dport 53')
      .replace('10.244.2.5:8080', '10.244.1.9:53'),
  );
  const dns = 'kube-system/kube-dns:dns';

  it('decides in place of the rules, and leads to an endpoint that is gone', () => {
    expect(said(rules, { from: 'pod:10.244.2.2:51515', to: dns }, table('[UNREPLIED] '))).toEqual([
      `Forwarded to 10.244.1.4:53, translated by its known connection, not by these rules: no endpoint of ${dns} any more, but most likely nobody answers there.`,
      'No reply was seen on that connection.',
      '`conntrack -D -p udp -s 10.244.2.2 -d 10.96.0.10 --sport 51515 --dport 53` lets these rules decide again.',
      "The receiver sees the client's own address, 10.244.2.2.",
      'Replies have to come back through this node, which alone can make 10.96.0.10:53 their source again.',
    ]);
  });

  it('from another port of the same client is named', () => {
    expect(said(rules, { from: 'pod:10.244.2.2', to: dns }, table(''))).toContain(
      `Packets of connections that the node knows from 10.244.2.2 (port 51515) go to 10.244.1.4:53, no endpoint of ${dns} any more, whatever these rules say.`,
    );
    expect(said(rules, { from: 'pod:10.244.2.3', to: dns }, table('')).join(' ')).not.toContain('10.244.1.4');
  });
});

describe('a port that was changed alone', () => {
  it('is no "unchanged"', () => {
    const rules = [
      '*nat',
      ':POSTROUTING ACCEPT [0:0]',
      '-A POSTROUTING -p tcp -j SNAT --to-source 192.0.2.10:6000',
      'COMMIT',
    ];
    expect(said(rules, { from: 'node:192.0.2.10:5000', to: '198.51.100.7:80' }, local)[0]).toBe(
      'Sent to 198.51.100.7:80, unchanged but for its source port, now 6000.',
    );
  });
});

describe('a set that is not known', () => {
  it.each([
    ['dst', '198.51.100.7'],
    ['dst,dst', '198.51.100.7:80'],
  ])('asked by %s may hold %s', (directions, member) => {
    const rules = [
      '*filter',
      ':FORWARD ACCEPT [0:0]',
      `-A FORWARD -m set --match-set PEERS ${directions} -j DROP`,
      'COMMIT',
    ];
    const [headline] = said(rules, { from: 'pod:10.1.0.5', to: '198.51.100.7:80' }, local);
    expect(headline).toContain(`if ipset PEERS holds ${member};`);
  });
});

const ranges = (range: string): readonly string[] => [
  '*filter',
  ':OUTPUT ACCEPT [0:0]',
  `-A OUTPUT -s ${range} -j ACCEPT`,
  '-A OUTPUT -j DROP',
  'COMMIT',
];

describe('a process of the node whose address no file tells', () => {
  const form = { from: 'node', to: 'shop/cart:http' };

  it('may be in a network that a rule lets through', () => {
    const [headline] = said([...service(), ...ranges('192.168.0.0/24')], form);
    expect(headline).toMatch(
      /^It depends: sent to .*if the node’s address is in 192\.168\.0\.0\/24; .*dropped by rule 2 of OUTPUT/,
    );
  });

  it('is taken to be in no network of pods, and to have no one address', () => {
    const marked = service(
      ':KUBE-MARK-MASQ - [0:0]',
      '-A KUBE-SVC-CARTCARTCARTCART ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
    );
    for (const range of ['10.244.0.0/16', '192.168.0.9/32']) {
      expect(said([...marked, ...ranges(range)], form)[0]).toMatch(/^Dropped by rule 2 of OUTPUT/);
    }
  });
});

describe('the note on where a packet goes', () => {
  const rules = service(
    ':KUBE-NODEPORTS - [0:0]',
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    '-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 30080 -j KUBE-SVC-CARTCARTCARTCART',
  );
  const noteOf = (to: string): string => {
    const from = { kind: 'pod', address: '10.244.1.9', port: 40000 } as const;
    const flow = {
      family: 4,
      from,
      to: { address: '10.244.2.5', port: Number(to) },
      protocol: 'tcp',
    } as const;
    return destinationNote(
      flow,
      { inPlaceOf: null, outside: false, isOnlyPort: false },
      rulesOnly(`${rules.join('\n')}\n`),
    );
  };

  it.each([
    ['8080', 'endpoint of shop/cart:http'],
    ['22', ''],
    ['30080', 'node port of shop/cart:http, if the address is this node’s'],
  ])('names the endpoint of port 8080 for port %s: %s', (port, note) => {
    expect(noteOf(port)).toBe(note);
  });
});
