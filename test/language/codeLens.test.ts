import { describe, expect, it } from 'vitest';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { sourcesOfFiles } from '../../src/kubeproxy/sources.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { codeLenses } from '../../src/language/codeLens.ts';
import { finish } from '../../src/values/steps.ts';
import { fixture } from './fixture.ts';

const trace = { command: 'trace', argument: (uri: string, packet: object): object => ({ uri, ...packet }) };

/** Each lens with the word that it stands above, marked as `<|…|>` in the text, and what it hands over. */
function lensesOf(marked: string): {
  readonly found: readonly string[];
  readonly given: readonly unknown[];
  readonly at: readonly string[];
} {
  const { document, text, spans } = fixture(marked);
  const files: SnapshotFiles = new Map([['iptables-save.txt', text] as const]);
  const analysis = openAnalysis({ sources: sourcesOfFiles(files), files });
  const lenses = finish(codeLenses(document, analysis, trace));
  expect(lenses.map(({ range }) => document.offsetAt(range.start))).toEqual(spans.map(({ start }) => start));
  return {
    found: lenses.map(({ command }) => command?.title ?? ''),
    given: lenses.map(({ command }): unknown => command?.arguments?.[0]),
    at: spans.map(({ start, end }) => text.slice(start, end)),
  };
}

describe('lenses', () => {
  it('stand above the kernel’s own chains of a plain firewall', () => {
    const { found, given } = lensesOf(
      '*filter\n:<|INPUT|> DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:<|OUTPUT|> ACCEPT [0:0]\n:X - [0:0]\n-A INPUT -j X\n-A INPUT -j DROP\n-A OUTPUT -j X\nCOMMIT\n',
    );
    expect(found).toEqual([
      'INPUT · policy DROP, 2 rules · Trace Packet',
      'OUTPUT · policy ACCEPT, 1 rule · Trace Packet',
    ]);
    expect(given).toMatchObject([{ from: 'external' }, { from: 'node' }]);
  });

  it('stand above the chains of Services alone where there are some', () => {
    const { found } = lensesOf(
      '*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:<|KUBE-SVC-LOLE4ISW44XBNF3G|> - [0:0]\n:KUBE-SEP-23NJ6BVYXBVKTC4M - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G\n-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default/web:http -> 10.244.1.5:8080" -j KUBE-SEP-23NJ6BVYXBVKTC4M\n-A KUBE-SEP-23NJ6BVYXBVKTC4M -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080\nCOMMIT\n',
    );
    expect(found).toEqual(['default/web:http · 1 endpoint · Trace Packet']);
  });
});
