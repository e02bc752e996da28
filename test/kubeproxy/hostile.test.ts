/** Dumps that somebody made to break what reads them. Counts are such that what grows with their square never ends. */
import { describe, expect, test } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../src/kubeproxy/analysis.ts';
import { explainChain } from '../../src/kubeproxy/explain/explainChain.ts';

function open(rules: string): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', rules]]));
}

/** A hash as kube-proxy's look, for each number. */
function suffix(number: number): string {
  return number.toString(8).padStart(16, 'A').replaceAll('0', 'Z').replaceAll('1', 'Y');
}

describe('names that every object has', () => {
  test.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'])('%s', (name) => {
    const analysis = open(
      `*filter\n:INPUT ACCEPT [0:0]\n:${name} - [0:0]\n-A INPUT -j ${name}\n-A INPUT -m ${name} -j ACCEPT\n-A ${name} -j DROP\nCOMMIT\n`,
    );
    const { items } = analysis.tree.rows('hook', 'r:4:filter:INPUT', 0, 10);
    expect(items.map((row) => row.label)).toEqual([name, `accept if -m ${name}`, 'policy ACCEPT']);
    expect(items[0]?.hasChildren).toBe(true);
    expect(explainChain(analysis, 'filter', name, 4).sentences).toEqual(['It has 1 rule.']);
  });

  test('a chain that claims to be built in', () => {
    const analysis = open('*filter\n:constructor ACCEPT [0:0]\nCOMMIT\n');
    expect(explainChain(analysis, 'filter', 'constructor', 4).sentences).toEqual(['It has no rules.']);
  });
});

describe('shapes', () => {
  test('chains of a Service that lead on and on', () => {
    const count = 30_000;
    const numbers = Array.from({ length: count }, (_, index) => index);
    const analysis = open(
      [
        '*nat',
        ':KUBE-SERVICES - [0:0]',
        ...numbers.map((each) => `:KUBE-EXT-${suffix(each)} - [0:0]`),
        ...numbers.map((each) => `-A KUBE-EXT-${suffix(each)} -j KUBE-EXT-${suffix(each + 1)}`),
        `-A KUBE-SERVICES -d 192.0.2.1/32 -p tcp -m tcp --dport 80 -j KUBE-EXT-${suffix(0)}`,
        'COMMIT\n',
      ].join('\n'),
    );
    const [hit] = analysis.catalog.frontendsAt('192.0.2.1');
    expect(hit?.frontend.fate).toBe('none');
    expect(hit?.port.externalPolicy).toBe('Cluster');
  });

  test('fifty thousand endpoint chains with one address', () => {
    const count = 50_000;
    const numbers = Array.from({ length: count }, (_, index) => index);
    const analysis = open(
      [
        '*nat',
        `:KUBE-SVC-${suffix(0)} - [0:0]`,
        ...numbers.map((each) => `:KUBE-SEP-${suffix(each)} - [0:0]`),
        ...numbers.map((each) => `-A KUBE-SEP-${suffix(each)} -p tcp -j DNAT --to-destination 192.0.2.1:80`),
        ...numbers.map((each) => `-A KUBE-SVC-${suffix(0)} -j KUBE-SEP-${suffix(each)}`),
        'COMMIT\n',
      ].join('\n'),
    );
    expect(analysis.catalog.whoHas('192.0.2.1')).toHaveLength(count);
  });
});
