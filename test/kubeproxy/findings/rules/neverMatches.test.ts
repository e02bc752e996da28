/** `never-matches`: what is proved from two rules of a chain, and what is not. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';
import { findingsOfRules } from '../../../../src/kubeproxy/findings/rules/ofRules.ts';
import { finish } from '../../../../src/values/steps.ts';

/** The numbers of the rules of INPUT that are said never to match. */
function dead(...rules: readonly string[]): readonly number[] {
  return deadIn(rules).map(({ index }) => index + 1);
}

function messages(...rules: readonly string[]): readonly string[] {
  return deadIn(rules).map(({ message }) => message);
}

function severities(...rules: readonly string[]): readonly string[] {
  return deadIn(rules).map(({ severity }) => severity);
}

interface Dead extends Pick<Finding, 'message' | 'severity'> {
  readonly index: number;
}

function deadIn(rules: readonly string[]): readonly Dead[] {
  const text = `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:own - [0:0]\n${rules.map((rule) => `-A INPUT ${rule}\n`).join('')}-A own -j RETURN\nCOMMIT\n`;
  const found = finish(findingsOfRules(analysisOfFiles(new Map([['iptables-save.txt', text]]))));
  return found.flatMap(({ code, at, message, severity }) =>
    code === 'never-matches' && at !== null && 'index' in at && at.chain === 'INPUT'
      ? [{ index: at.index, message, severity }]
      : [],
  );
}

describe('a rule that never matches', () => {
  it.each([
    ['all is taken', ['-j REJECT', '-p tcp -m tcp --dport 22 -j ACCEPT']],
    ['a wider network', ['-s 10.0.0.0/8 -j DROP', '-s 10.1.0.0/16 -p tcp -j ACCEPT']],
    ['one of several networks', ['-s 10.0.0.0/8,192.168.0.0/16 -j DROP', '-s 192.168.7.0/24 -j ACCEPT']],
    [
      'a wider range of ports',
      ['-p tcp -m tcp --dport 1:1024 -j DROP', '-p tcp -m tcp --dport 80 --syn -j ACCEPT'],
    ],
    [
      'a list of ports',
      ['-p tcp -m multiport --dports 22,80,443 -j DROP', '-p tcp -m tcp --dport 443 -j ACCEPT'],
    ],
    ['a wider interface', ['-i eth+ -j DROP', '-i eth1 -m limit --limit 1/sec -j LOG']],
    ['goto leaves for good', ['-s 10.0.0.0/8 -g own', '-s 10.0.0.9/32 -j DROP']],
    ['RETURN leaves the chain', ['-p udp -j RETURN', '-p udp -m udp --dport 53 -j DROP']],
    [
      'another spelling',
      [
        '-p 6 --dport http -j DROP',
        '-m comment --comment x -p tcp -m tcp --dport 80 -m mark --mark 1 -j ACCEPT',
      ],
    ],
  ])('%s', (_, rules) => {
    expect(dead(...rules)).toEqual([2]);
  });

  it.each([
    ['a narrower network', ['-s 10.1.0.0/16 -j DROP', '-s 10.0.0.0/8 -j ACCEPT']],
    ['a rate', ['-m limit --limit 1/sec -j DROP', '-p tcp -j ACCEPT']],
    ['chance', ['-m statistic --mode random --probability 0.5 -j DROP', '-p tcp -j ACCEPT']],
    ['a jump that may come back', ['-j own', '-p tcp -j ACCEPT']],
    ['a target that goes on', ['-j LOG', '-p tcp -j ACCEPT']],
    ['a rule that only counts', ['-p tcp', '-p tcp -m tcp --dport 80 -j ACCEPT']],
    [
      'a mark that is set between',
      ['-m mark --mark 0x1 -j DROP', '-j MARK --set-mark 1', '-m mark --mark 0x1 -j ACCEPT'],
    ],
    ['a negation', ['! -s 10.0.0.0/8 -j DROP', '-s 10.1.0.0/16 -j ACCEPT']],
    [
      'a port of another protocol',
      ['-p udp -m udp --dport 53 -j DROP', '-p tcp -m tcp --dport 53 -j ACCEPT'],
    ],
    [
      'flags beside the port',
      ['-p tcp -m tcp --dport 80 --syn -j DROP', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    ],
    [
      'a narrower list',
      ['-p tcp -m multiport --dports 22,80 -j DROP', '-p tcp -m multiport --dports 22,81 -j ACCEPT'],
    ],
    [
      'source and destination ports',
      ['-p tcp -m tcp --sport 80 -j DROP', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    ],
    ['a set that may change', ['-m set --match-set a src -j DROP', '-m set --match-set a src -j ACCEPT']],
    ['a match that nobody knows', ['-m wonder --why -j DROP', '-p tcp -j ACCEPT']],
    ['any interface behind a part of one', ['-i eth0 -j DROP', '-i eth+ -j ACCEPT']],
  ])('is not claimed for %s', (_, rules) => {
    expect(dead(...rules)).toEqual([]);
  });

  it('is found behind hundreds of others', () => {
    const others = Array.from({ length: 400 }, (_, at) => `-s 10.${at >> 8}.${at & 255}.0/24 -j DROP`);

    expect(dead(...others, '-s 10.1.77.9/32 -p tcp -j ACCEPT', '-s 10.9.0.0/24 -j ACCEPT')).toEqual([401]);
  });

  it('names the first rule that takes its packets, whatever each asks for', () => {
    const rules = ['-d 10.0.0.9/32 -j DROP', '-d 10.0.0.0/8 -p tcp -j DROP', '-p tcp -j DROP'];

    expect(dead(...rules, '-d 10.0.0.9/32 -p tcp -j ACCEPT')).toEqual([4]);
    expect(messages(...rules, '-d 10.0.0.9/32 -p tcp -j ACCEPT')).toEqual([
      expect.stringContaining('rule 1 (DROP) takes'),
    ]);
  });

  it('does not name a rule that only leaves its chain before', () => {
    expect(messages('-j own', '-o eth0 -j DROP')).toEqual([
      'Rule 2 of INPUT never matches: none of the packets that come to INPUT can be what it asks for. Correct what it asks for, or delete it.',
    ]);
  });

  it('names the rule that takes all that others leave, and tells of more than it names', () => {
    const ports = [22, 80, 443, 6443, 10250].map((port) => `-p tcp -m tcp --dport ${port} -j ACCEPT`);
    expect(messages(...ports, '-j REJECT', '-p tcp -j ACCEPT')).toEqual([
      expect.stringContaining('rule 6 (REJECT) takes every packet'),
    ]);
    const fifths = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/3', '224.0.0.0/3'];
    const all = fifths.map((network) => `-s ${network} -j DROP`);
    expect(messages(...all, '-p tcp -j ACCEPT')).toEqual([
      expect.stringContaining('1 (DROP), 2 (DROP), 3 (DROP), 4 (DROP) and others together take'),
    ]);
  });

  it('is worth a note only where a packet is accepted either way', () => {
    expect(severities('-s 10.0.0.0/8 -j ACCEPT', '-s 10.1.0.0/16 -p tcp -j ACCEPT')).toEqual(['information']);
    expect(severities('-s 10.0.0.0/8 -j ACCEPT', '-s 10.1.0.0/16 -j own')).toEqual(['information']);
    expect(severities('-s 10.0.0.0/8 -j ACCEPT', '-s 10.1.0.0/16 -p tcp -j DROP')).toEqual(['warning']);
    expect(severities('-s 10.0.0.0/8 -j DROP', '-s 10.1.0.0/16 -p tcp -j DROP')).toEqual(['warning']);
  });

  it('is not told of what stands there twice', () => {
    expect(dead('-p tcp -j DROP', '-p tcp -j DROP')).toEqual([]);
  });
});

/** What is said of a rule of UDP in a chain to which TCP alone is led. */
function toldOfIn(chain: string): readonly string[] {
  const text = `*filter\n:FORWARD ACCEPT [0:0]\n:${chain} - [0:0]\n-A FORWARD -p tcp -j ${chain}\n-A ${chain} -p udp -m udp --dport 53 -j DROP\n-A ${chain} -j RETURN\nCOMMIT\n`;
  const findings = finish(findingsOfRules(analysisOfFiles(new Map([['iptables-save.txt', text]]))));
  return findings.filter(({ code }) => code === 'never-matches').map(({ code }) => code);
}

describe('a rule for packets that nothing leads to its chain', () => {
  it.each(['DOCKER-ISOLATION-STAGE-2', 'cali-FORWARD', 'f2b-sshd'])(
    'is as the program writes it in %s',
    (chain) => {
      expect(toldOfIn(chain)).toEqual([]);
    },
  );

  it.each(['DOCKER-USER', 'CNI-ADMIN', 'ufw-user-forward', 'ufw-before-forward', 'FORWARD_direct', 'own'])(
    'is told of in %s, which somebody fills by hand',
    (chain) => {
      expect(toldOfIn(chain)).toEqual(['never-matches']);
    },
  );
});
