import { describe, expect, it } from 'vitest';
import { openAnalysis } from '../../src/kubeproxy/analysis.ts';
import { sourcesOfFiles } from '../../src/kubeproxy/sources.ts';
import type { SnapshotFiles } from '../../src/kernel/snapshot.ts';
import { inlayHints, type InlayHintSettings } from '../../src/language/inlayHints.ts';
import { finish } from '../../src/values/steps.ts';
import { fixture } from './fixture.ts';

const everything: InlayHintSettings = { shares: true, names: true, marks: true };

/** The text with each hint where an editor shows it: `<|…|>`. */
function hinted(marked: string, settings = everything): string {
  const { document, text } = fixture(marked.replaceAll(/<\|[^|]*\|>/g, ''));
  const files: SnapshotFiles = new Map([['iptables-save.txt', text] as const]);
  const analysis = openAnalysis({ sources: sourcesOfFiles(files), files });
  const range = document.rangeOf({ start: 0, end: text.length });
  const hints = finish(inlayHints(document, analysis, range, settings)).map(({ position, label }) => ({
    at: document.offsetAt(position),
    label: typeof label === 'string' ? label : '',
  }));
  let shown = text;
  for (const { at, label } of hints.toSorted((a, b) => b.at - a.at))
    shown = `${shown.slice(0, at)}<|${label}|>${shown.slice(at)}`;
  return shown;
}

const service = `*nat
:KUBE-SERVICES - [0:0]
:KUBE-SVC-LOLE4ISW44XBNF3G - [0:0]
:KUBE-SEP-23NJ6BVYXBVKTC4M - [0:0]
:KUBE-SEP-33NJ6BVYXBVKTC4M - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000<|masquerade mark (bit 14)|>
-A KUBE-SERVICES -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G
-A OUTPUT -d 10.96.12.3/32<|default/web:http|> -j KUBE-SVC-LOLE4ISW44XBNF3G<|default/web:http|>
-A KUBE-SVC-LOLE4ISW44XBNF3G -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-23NJ6BVYXBVKTC4M<|50.0 % · 10.244.1.5:8080 of default/web:http|>
-A KUBE-SVC-LOLE4ISW44XBNF3G -j KUBE-SEP-33NJ6BVYXBVKTC4M<|50.0 % · 10.244.1.6:8080 of default/web:http|>
-A KUBE-SEP-23NJ6BVYXBVKTC4M -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080<|default/web:http|>
-A KUBE-SEP-33NJ6BVYXBVKTC4M -p tcp -m tcp -j DNAT --to-destination 10.244.1.6:8080<|default/web:http|>
COMMIT
`;

describe('hints', () => {
  it('tell names, shares and marks of kube-proxy’s rules', () => {
    expect(hinted(service)).toBe(service);
  });

  it('tell what share is left for each rule of anybody’s', () => {
    const rules = `*mangle
-A PREROUTING -m statistic --mode random --probability 0.25000000000 -j ACCEPT<|25.0 %|>
-A PREROUTING -m statistic --mode nth --every 3 --packet 0 -j DROP<|25.0 %|>
-A PREROUTING -p tcp -m statistic --mode random --probability 0.50000000000 -j DROP
-A PREROUTING -m statistic --mode random --probability 0.50000000000 -j DROP
COMMIT
`;
    expect(hinted(rules)).toBe(rules);
  });

  it('name no port of a Service that has several at one address', () => {
    const ports = ['http 80', 'https 443'].map((each) => each.split(' '));
    const lines = ports.map(
      ([name = '', port = ''], index) =>
        `-A KUBE-SERVICES -d 10.96.12.3/32 -p tcp -m comment --comment "default/web:${name} cluster IP" -m tcp --dport ${port} -j KUBE-SVC-LOLE4ISW44XBNF3${'AB'[index]}`,
    );
    const rules = `*nat\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-LOLE4ISW44XBNF3A - [0:0]\n:KUBE-SVC-LOLE4ISW44XBNF3B - [0:0]\n${lines.join('\n')}\n-A OUTPUT -d 10.96.12.3/32<|default/web|> -j ACCEPT\nCOMMIT\n`;
    expect(hinted(rules)).toBe(rules);
  });

  it('can be switched off, one kind or all', () => {
    const none = { shares: false, names: false, marks: false };
    expect(hinted(service, none)).toBe(service.replaceAll(/<\|[^|]*\|>/g, ''));
    expect(hinted(service, { ...none, marks: true }).match(/<\|[^|]*\|>/g)).toEqual([
      '<|masquerade mark (bit 14)|>',
    ]);
  });
});
