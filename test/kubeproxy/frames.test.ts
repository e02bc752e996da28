/** Tables that see frames and no packets: they open, are listed, and what they may do to a packet is said. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../src/kubeproxy/answer/answer.ts';

const BRIDGE = `table bridge filter {
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname "vnet0" ip saddr != 10.0.0.5 drop
	}

	chain spare {
	}
}
`;

const ARP = `table arp filter {
	chain input {
		type filter hook input priority filter; policy accept;
		arp operation request arp saddr ip 10.0.0.9 drop
	}
}
`;

function node(nft: string): Analysis {
  return analysisOfFiles(new Map([['nft.txt', nft]]));
}

function said(analysis: Analysis, family: 4 | 6 = 4): string {
  const address = family === 4 ? '10.0.0.1' : 'fd00::1';
  const answer = answerOf(analysis, {
    family,
    from: { kind: 'node', address: null, port: null, interface: null },
    to: { address, port: 80 },
    protocol: 'tcp',
  });
  const found = answer?.assumptions.filter(({ code }) => code === 'frames-not-followed') ?? [];
  return found.map(({ message }) => message).join();
}

function labels(analysis: Analysis, parent: string | null): readonly string[] {
  return analysis.tree.rows('hook', parent, 0, 100).items.map(({ id, label }) => `${id} ${label}`);
}

describe('tables of frames', () => {
  it('are rows of their own, also where nothing else is there', () => {
    const analysis = node(BRIDGE + ARP);
    expect(labels(analysis, null)).toEqual(['g:bridge Bridges', 'g:arp ARP']);
    expect(labels(analysis, 'g:bridge')).toEqual([
      'h:bridge:FORWARD FORWARD',
      'y:bridge Chains of nftables that no hook reaches',
    ]);
    expect(labels(analysis, 'h:bridge:FORWARD')).toEqual([
      'x:bridge:bridge filter:forward bridge filter · forward',
    ]);
    expect(labels(analysis, 'x:arp:arp filter:input')[0]).toContain('arp operation request');
    expect(analysis.dump.summary).toBe('no rules of kube-proxy, rules for frames alone');
  });

  it('are not among the rows of packets', () => {
    const inet = 'table inet f { chain forward { type filter hook forward priority 0; policy accept; } }\n';
    const analysis = node(BRIDGE + inet);
    expect(labels(analysis, null)).toEqual(['g:4 IPv4', 'g:6 IPv6', 'g:bridge Bridges']);
    expect(labels(analysis, 'h:4:FORWARD')).toEqual(['x:4:inet f:forward inet f · forward']);
    expect(analysis.dump.summary).toBe('no rules of kube-proxy, IPv4 and IPv6');
  });

  it('are named by an answer that they may change', () => {
    expect(said(node(BRIDGE))).toMatch(/^Rules for frames on bridges \(bridge filter\) are not followed/);
    expect(said(node(ARP))).toMatch(/^Rules for ARP \(arp filter\) are not followed: no packet of IP meets/);
    expect(said(node(BRIDGE + ARP), 6)).not.toContain('ARP');
  });

  it.each([
    ['that only count', BRIDGE.replace('drop', 'counter accept')],
    ['that are dormant', BRIDGE.replace('{', '{ flags dormant;')],
    ['that no hook calls', BRIDGE.replace(/type filter.*/, '')],
  ])('%s change no answer', (_, text) => {
    expect(said(node(text))).toBe('');
  });

  it('of a policy that drops change answers', () => {
    const policy = BRIDGE.replace('policy accept', 'policy drop').replace(/iifname.*/, '');
    expect(said(node(policy))).toContain('bridge filter');
  });

  it('are loaded and listed by nft as they are here', ({ skip }) => {
    const { status, stdout } = spawnSync('unshare', ['-n', 'sh', '-c', 'nft -f - && nft list ruleset'], {
      encoding: 'utf8',
      input: BRIDGE + ARP,
    });
    if (status !== 0) skip();
    expect(said(node(stdout))).toBe(said(node(BRIDGE + ARP)));
  });
});
