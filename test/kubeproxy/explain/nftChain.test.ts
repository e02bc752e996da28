/** What native chains and rules are explained with, and which packets get to them. */
import { describe, expect, it } from 'vitest';
import { explaining, type Explained } from '../../../src/agents/explained.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { finish } from '../../../src/values/steps.ts';
import { dumpText } from '../dumps.ts';

const firewall = `table inet firewalld {
	chain filter_FORWARD {
		type filter hook forward priority filter + 10; policy accept;
		ct state established,related accept
		jump zones
		meta mark 0x00000080 drop
		iifname "lo" accept
	}
	chain zones {
		tcp dport 8080 ip saddr 10.244.2.0/24 drop
		tcp dport 8080 ip saddr 10.244.2.9 accept
	}
	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		iifname "lo" accept
		meta mark set meta mark | 0x00000080
	}
}
`;
const analysis = analysisOfFiles(
  new Map([['nft.txt', (dumpText('1.36.3-nftables', 'nft.txt') ?? '') + firewall]]),
);

function asked(name: string): Explained {
  return finish(explaining(name, { analysis, chains: [] }));
}

describe('a chain', () => {
  it('at a hook says when it is called, and what stands around it', () => {
    expect(asked('inet firewalld/filter_FORWARD')).toMatchObject({
      kind: 'chains',
      chains: [
        {
          owner: 'firewalld, by its name',
          summary: 'is a base chain of type filter with 4 rules',
          sentences: [
            'firewalld is the firewall service of Fedora, RHEL and SUSE.',
            'The kernel calls it at hook forward, priority 10. What none of its rules decides on goes on to the next base chain (policy accept).',
            'At this hook of IPv4 ip kube-proxy filter-forward stands before it, and nothing behind it.',
            'At this hook of IPv6 ip6 kube-proxy filter-forward stands before it, and nothing behind it.',
            'It accepts in 2 rules, jumps on in 1 rule and drops in 1 rule.',
          ],
        },
      ],
    });
  });

  it('of kube-proxy’s own says what it is for, and who leads to it', () => {
    expect(asked('ip kube-proxy/masquerading')).toMatchObject({
      chains: [
        {
          owner: 'kube-proxy',
          family: 4,
          references: [{ text: 'nat-postrouting rule 1: jump masquerading' }],
        },
      ],
    });
  });

  it('that nothing has is said not to be there, and what was meant', () => {
    expect(asked('filter_FORWARDS')).toEqual({
      kind: 'nothing',
      message:
        'These rules have no chain, Service or address "filter_FORWARDS". Did you mean "filter_FORWARD"?',
    });
  });
});

describe('a rule', () => {
  it('that can match has a packet that a person can send', () => {
    expect(asked('firewalld/zones/0')).toMatchObject({
      kind: 'rules',
      rules: [
        {
          does: 'Each packet with "tcp dport 8080 ip saddr 10.244.2.0/24" is dropped.',
          witness: { packet: { protocol: 'tcp', mark: '' }, unsendable: null },
        },
      ],
    });
  });

  it('that one before it takes all packets of has none, and says so', () => {
    expect(asked('inet firewalld/zones/1')).toMatchObject({
      rules: [{ witness: null, never: expect.stringMatching(/rule 1 before it takes all packets/) }],
    });
  });

  it('for the node itself is reached by what it sends itself', () => {
    expect(asked('inet firewalld/filter_INPUT/0')).toMatchObject({
      rules: [{ witness: { packet: { from: 'node', interface: '' }, unsendable: null } }],
    });
  });
});

it('a mark has its users in native tables', () => {
  const found = asked('0x80');
  expect(found.kind === 'marks' && found.tables[0]?.rows).toMatchObject([
    { bits: '0x80', owner: 'firewalld', does: 'sets', places: [{ text: 'filter_INPUT 2 (inet firewalld)' }] },
    { bits: '0x80', owner: 'firewalld', does: 'reads' },
  ]);
});

describe('of iptables', () => {
  const rules = `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.9.0.0/16 -j MARK --set-xmark 0x10/0x10
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m mark --mark 0x10/0x10 -j DROP
-A FORWARD -m mark --mark 0x20/0x20 -j DROP
COMMIT
`;
  const node = analysisOfFiles(new Map([['iptables-save.txt', rules]]));

  it('a packet that nobody can send is told as such', () => {
    expect(finish(explaining('filter/FORWARD/1', { analysis: node, chains: [] }))).toMatchObject({
      rules: [{ witness: { packet: { mark: '0x20' }, unsendable: expect.stringMatching(/^it has a mark/) } }],
    });
  });
});
