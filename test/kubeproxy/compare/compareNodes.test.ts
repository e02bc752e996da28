/** Two states of rules: what is told of them, and that order, hashes and spelling alone are nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { Change } from '../../../src/kubeproxy/compare/change.ts';
import { compareNodes } from '../../../src/kubeproxy/compare/compareNodes.ts';
import { finish } from '../../../src/values/steps.ts';
import { applyDiff } from '../../../src/text/applyDiff.ts';

function dump(name: string): string {
  return readFileSync(`test/dumps/${name}`, 'utf8');
}

function changesBetween(before: string, after: string): readonly Change[] {
  return finish(compareNodes(analysisOf(before), analysisOf(after))).changes;
}

function analysisOf(text: string): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', text]]));
}

function told({ kind, service, before, after }: Change): string {
  return [kind, service ?? '-', before ?? '', '→', after ?? ''].join(' ').replaceAll(/ +/g, ' ').trim();
}

describe('what was done to a real node, step by step', () => {
  const base = readFileSync('test/fixtures/steps/base.txt', 'utf8');
  const steps: readonly (readonly [diff: string, changes: readonly string[]])[] = [
    ['01-add-service', ['service-added shop/new-svc → ClusterIP 10.110.255.16:80/TCP, 2 endpoints']],
    ['02-clusterip-to-nodeport', ['frontend-added shop/two:http → 30500/TCP']],
    [
      '03-scale-up',
      [
        'endpoint-added shop/three:http → 10.244.1.151:8080, 20.0 %',
        'endpoint-added shop/three:http → 10.244.2.151:8080, 20.0 %',
      ],
    ],
    [
      '04-scale-down',
      [
        'endpoint-removed shop/five:http 10.244.1.16:8080, 20.0 % →',
        'endpoint-removed shop/five:http 10.244.2.16:8080, 20.0 % →',
        'endpoint-removed shop/five:http 10.244.3.12:8080, 20.0 % →',
      ],
    ],
    ['05-delete-service', ['service-removed shop/unnamed ClusterIP 10.105.247.100:80/TCP, 2 endpoints →']],
    ['06-port-change', ['port-changed shop/one:http 80 → 8000']],
    [
      '07-no-endpoints',
      [
        'endpoint-removed shop/two:http 10.244.1.13:8080, 50.0 % →',
        'endpoint-removed shop/two:http 10.244.2.13:8080, 50.0 % →',
      ],
    ],
  ];

  let state = base;
  it.each(steps)('%s', (diff, changes) => {
    const result = applyDiff(state, readFileSync(`test/fixtures/steps/${diff}.diff`, 'utf8'));
    if (result.kind !== 'patched') throw new Error(result.kind);
    const before = state;
    state = result.text;

    expect(changesBetween(before, state).map(told)).toEqual(changes);
    expect(changesBetween(state, state)).toEqual([]);
  });
});

const dumps = ['1.36.3', '1.23.4', '1.36.3-legacy', '1.36.3-cni-plugins', 'docker'];

/** Rules of Services in another order, and other hashes: what kube-proxy does from one sync to the next, or another node has. */
function rewritten(text: string): string {
  const lines = text.split('\n');
  const dispatch = /^(?:\[\d+:\d+\] )?-A (KUBE-SERVICES|KUBE-NODEPORTS|KUBE-EXTERNAL-SERVICES) (?!.*NOTE:)/u;
  for (const chain of ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES']) {
    for (const [start, end] of sections(lines)) {
      const at = lines.flatMap((line, index) =>
        index >= start && index < end && dispatch.exec(line)?.[1] === chain && !line.includes('-i ')
          ? [index]
          : [],
      );
      // Up to 1.21 the mark of a frontend stands before its jump.
      if (at.some((index) => lines[index]?.includes('KUBE-MARK-MASQ'))) continue;
      const other = at.map((index) => lines[index] ?? '').reverse();
      at.forEach((index, position) => (lines[index] = other[position] ?? ''));
    }
  }
  // A port that table filter refuses is known there by its name alone, from which kube-proxy makes the hash: it keeps its own.
  const refused = lines.flatMap((line) => /"(\S+) has no local endpoints"/u.exec(line)?.[1] ?? []);
  const kept = lines.filter((line) =>
    refused.some((name) => line.includes(`${name}"`) || line.includes(`${name} `)),
  );
  const keptHashes = new Set(kept.flatMap((line) => line.match(HASH) ?? []));
  return lines
    .map((line) => line.replaceAll(HASH, (hash) => (keptHashes.has(hash) ? hash : otherHash(hash))))
    .join('\n');
}

const HASH = /(?<=KUBE-(?:SVC|SVL|EXT|FW|XLB|SEP)-)[A-Z2-7]{16}/gu;

function otherHash(hash: string): string {
  return hash.replaceAll(/[AB]/gu, (letter) => (letter === 'A' ? 'B' : 'A'));
}

function sections(lines: readonly string[]): readonly (readonly [number, number])[] {
  const starts = lines.flatMap((line, index) => (line.startsWith('*') ? [index] : []));
  return starts.map((start, index) => [start, starts[index + 1] ?? lines.length] as const);
}

describe('what means the same', () => {
  it.each(dumps)('%s: other order, other hashes, other counters', (name) => {
    const text = dump(`${name}/iptables-save.txt`);
    const other = rewritten(text).replaceAll(/\[\d+:\d+\]/g, '[5:300]');

    expect(other).not.toBe(text);
    expect(changesBetween(text, other).map(told)).toEqual([]);
  });

  it('other spellings, and an order of rules that no packet notices', () => {
    const before = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -s 10.0.0.0/8 -p tcp -m state --state NEW -m tcp --dport 80 -j DROP
-A INPUT -s 192.168.0.0/16 -j ACCEPT
-A INPUT -m mark --mark 0x4000/0x4000 -j MARK --set-xmark 0x8000/0x8000
COMMIT
`;
    const after = `*filter
:INPUT ACCEPT [7:70]
-A INPUT --source 192.168.0.0/255.255.0.0 -j ACCEPT
-A INPUT -p 6 --dport ssh -m comment --comment "by hand" -j ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -s 10.0.0.0/8 -j DROP
-A INPUT -m mark --mark 0x4000/16384 -j MARK --or-mark 32768
COMMIT
`;
    expect(changesBetween(before, after).map(told)).toEqual([]);
  });
});

describe('what changes beside the Services', () => {
  const text = dump('1.36.3/iptables-save.txt');
  const cases: readonly (readonly [string, (text: string) => string, unknown])[] = [
    [
      'a DROP before KUBE-FORWARD',
      (rules) => rules.replace('-A FORWARD ', '-A FORWARD -s 10.0.0.0/8 -j DROP\n-A FORWARD '),
      ['rule-added - → -A FORWARD -s 10.0.0.0/8 -j DROP'],
    ],
    [
      'a policy',
      (rules) => rules.replace(':FORWARD ACCEPT', ':FORWARD DROP'),
      ['chain-policy-changed - ACCEPT → DROP'],
    ],
    [
      'a rule by hand within a chain of a Service',
      (rules) => rules.replace(/^(-A (KUBE-SVC-\w+) )/mu, '-A $2 -m ttl --ttl-lt 3 -j RETURN\n$1'),
      [expect.stringMatching(/^rule-added \S+\/\S+ → -A KUBE-SVC-\w+ -m ttl --ttl-lt 3 -j RETURN$/u)],
    ],
    [
      'a mark that a Service has not had, of one client alone',
      (rules) => rules.replace(/^(-A (KUBE-SVC-\w+) )/mu, '-A $2 -s 10.9.9.9/32 -j KUBE-MARK-MASQ\n$1'),
      [expect.stringMatching(/^(rule-added|masquerade-changed) \S+\/\S+/u)],
    ],
    [
      'the range that is not masqueraded',
      (rules) => rules.replaceAll('! -s 10.244.0.0/16', '! -s 10.0.0.0/8'),
      expect.arrayContaining([
        'masquerade-changed shop/one:http masqueraded unless from 10.244.0.0/16 → masqueraded unless from 10.0.0.0/8',
      ]),
    ],
    [
      'a chain of somebody’s with its jump',
      (rules) =>
        rules
          .replace(':FORWARD ACCEPT', ':FORWARD ACCEPT [0:0]\n:corp-fw - [0:0]\n#')
          .replace('-A FORWARD ', '-A FORWARD -j corp-fw\n-A FORWARD ')
          .replace(/(-A FORWARD -j corp-fw)/u, '-A corp-fw -p udp -j DROP\n$1'),
      ['rule-added - → -A FORWARD -j corp-fw', 'chain-added - → 1 rule'],
    ],
    [
      'an endpoint that gets more than its share',
      (rules) => rules.replace('--probability 0.50000000000', '--probability 0.90000000000'),
      [
        expect.stringMatching(/^port-changed shop\/sticky:http 33\.3 % → 60\.0 %$/u),
        expect.stringMatching(/^port-changed shop\/sticky:http 33\.3 % → 6\.7 %$/u),
      ],
    ],
    [
      'two rules that do matter to each other change places',
      (rules) =>
        rules.replace(
          '-A FORWARD ',
          '-A FORWARD -p tcp -j ACCEPT\n-A FORWARD -p tcp -m tcp --dport 80 -j DROP\n-A FORWARD ',
        ),
      [
        'rule-added - → -A FORWARD -p tcp -j ACCEPT',
        'rule-added - → -A FORWARD -p tcp -m tcp --dport 80 -j DROP',
      ],
    ],
  ];

  it.each(cases)('%s', (_, change, changes) => {
    const after = change(text);

    expect(after).not.toBe(text);
    expect(changesBetween(text, after).map(told)).toEqual(changes);
  });

  it('tells a move that a packet notices, and where to', () => {
    const before = `*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -p tcp -m tcp --dport 80 -j DROP
-A FORWARD -p udp -j DROP
-A FORWARD -s 10.0.0.0/8 -j ACCEPT
COMMIT
`;
    const after = before.replace(/(-A FORWARD -p tcp[^\n]*\n)([^]*ACCEPT\n)(?=COMMIT)/u, '$2$1');

    expect(changesBetween(before, after).map(told)).toEqual([
      expect.stringMatching(/^rule-moved - rule [13] → rule [123]$/u),
    ]);
  });

  it('compares a part with a whole dump in what both hold', () => {
    const part = text
      .split('\n')
      .filter((line) => line.includes('shop/one'))
      .join('\n');

    expect(changesBetween(part, text)).toEqual([]);
    expect(changesBetween(part.replace('--dport 80 ', '--dport 81 '), text)).not.toEqual([]);
  });
});
