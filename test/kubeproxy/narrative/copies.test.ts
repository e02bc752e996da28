import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { consideredRules } from '../../../src/kubeproxy/narrative/considered.ts';
import { failureKind } from '../../../src/kubeproxy/narrative/failureKind.ts';
import type { NarrativeStep } from '../../../src/kubeproxy/narrative/narrative.ts';
import { toCommandLine } from '../../../src/kubeproxy/narrative/toCommandLine.ts';
import { toMarkdown } from '../../../src/kubeproxy/narrative/toMarkdown.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { rulesOnly, snapshot, tell } from './support.ts';

const analysis = snapshot('media/samples/kube-proxy-1.36');

describe('a trace as Markdown', () => {
  it('has the sentences, a table of outcomes, the path, and the command', () => {
    const { narrative } = tell(analysis, { from: 'pod:10.244.1.7', to: 'shop/three:http' });
    const text = toMarkdown(narrative, 'kube-proxy-explorer trace node-1');
    expect(text).toContain('**Forwarded to one of 3 endpoints of shop/three:http.**');
    expect(text).toContain('| 33.3 % | forward | `10.244.1.14:8080` | three-0 on node-1 |');
    expect(text).toContain('  - rule 1: `→ KUBE-SERVICES` · kubernetes service portals');
    expect(text).toContain('```sh\nkube-proxy-explorer trace node-1\n```');
  });

  it('lets nothing of a dump become markup, a link or a mention', () => {
    const comment = '<img src=x> [a](http://evil.example) **b** | @someone `c` &amp;';
    const rules = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m comment --comment "${comment}" -j DROP\nCOMMIT\n`;
    const node = {
      'ip-addr.json': JSON.stringify([
        {
          ifindex: 2,
          ifname: 'eth0',
          flags: ['UP'],
          addr_info: [{ family: 'inet', local: '192.168.0.2', prefixlen: 24 }],
        },
      ]),
    };
    const { narrative } = tell(rulesOnly(rules, node), { from: 'external:203.0.113.9', to: '10.7.0.1:80' });
    const text = toMarkdown(narrative, '').replace(/`+[^\n]*?`+/g, '');
    expect(text).toContain('&lt;img src=x>');
    expect(text).not.toMatch(/<img|[^\\]\]\(http|[^\\]\*\*b|@someone|http:\/\//);
  });
});

describe('a trace as a command line', () => {
  it.each([
    [
      { from: 'node', to: 'shop/three:http' },
      'node-1',
      'kube-proxy-explorer trace node-1 --from node --to shop/three:http',
    ],
    [
      { from: 'pod:fd00::1', to: '[fd00::2]:80', tcpFlags: 'SYN ACK', mark: '0x1' },
      "it's here",
      String.raw`kube-proxy-explorer trace 'it'\''s here' --from pod:fd00::1 --to '[fd00::2]:80' --mark 0x1 --tcp-flags 'SYN ACK'`,
    ],
    [
      { from: 'node:node-1', to: 'shop/three:http' },
      { context: 'arn:aws:eks:eu-1:1:cluster/dev', node: 'node-1' },
      'kube-proxy-explorer trace --context arn:aws:eks:eu-1:1:cluster/dev --node node-1 --from node:node-1 --to shop/three:http',
    ],
    [
      { from: 'node', to: 'shop/three:http' },
      { context: '-a $(reboot) b', node: '`x`' },
      "kube-proxy-explorer trace '--context=-a $(reboot) b' --node '`x`' --from node --to shop/three:http",
    ],
    [{ from: 'node', to: '$(reboot)' }, '-x', "kube-proxy-explorer trace ./-x --from node --to '$(reboot)'"],
  ])('%j', (form, rules, expected) => {
    const line = toCommandLine({ ...emptyForm, ...form }, rules);
    expect(line).toBe(expected);
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    expect(words).toContain(form.to);
  });

  it.each([
    ['^C, and a line', 'shop/na\u0003me:ht\nrm -rf x\n'],
    ['the end of a paste', '\u001b[201~touch x\r'],
    ['an eight-bit escape', '\u009b201~'],
    ['a turned direction and tags', 'a\u202eb\u{e0041}c\u061c\u200b'],
    ['quotes, backslashes and a history', String.raw`it's \003 "!!" $(x) ${'`x`'} \'` + '\u0007'],
    ['digits after a control', '\u00031\u000b7'],
    ['a program of zsh', '=ls'],
  ])('with %s is safe to paste, and says the same', (_, to) => {
    const line = toCommandLine({ ...emptyForm, to }, `./${to}`);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line).not.toMatch(/(^| )=/);
    const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0');
    expect(words).toEqual(['kube-proxy-explorer', 'trace', `./${to}`, '--to', to.trim(), '']);
  });
});

function stepsOf(path: readonly NarrativeStep[]): readonly NarrativeStep[] {
  return path.flatMap((step) => [step, ...stepsOf(step.children)]);
}

describe('the rules that did not match', () => {
  it('are those of the gap, each with the part that failed and why', () => {
    const { flow, answer, narrative } = tell(analysis, { from: 'pod:10.244.1.7', to: 'shop/three:http' });
    const [outcome] = narrative.groups[0]?.outcomes ?? [];
    const query = {
      outcome: outcome?.id ?? '',
      table: 'nat',
      chain: 'KUBE-SERVICES',
      from: 0,
      to: 23,
      limit: 3,
    };
    const { items, total } = consideredRules({ flow, analysis, decisions: [], answer }, query);
    expect(total).toBe(24);
    expect(items.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const { text, failStart, failEnd, reason, location } of items) {
      expect(text.slice(failStart, failEnd)).toMatch(/^-d 10\.[\d.]+\/32$/);
      expect(reason).toMatch(/^the packet goes to 10\.106\.89\.61, not 10\./);
      expect(analysis.rulesets[4]?.text.split('\n')[location?.line ?? -1]).toBe(text);
    }
    const { kinds } = consideredRules({ flow, analysis, decisions: [], answer }, { ...query, limit: 0 });
    expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(24);
    for (const { kind, count } of kinds) {
      const asked = { ...query, kind, limit: 100 };
      const page = consideredRules({ flow, analysis, decisions: [], answer }, asked);
      expect([page.total, page.items.length]).toEqual([count, count]);
      for (const { text, failStart, failEnd } of page.items)
        expect(failureKind(text.slice(failStart, failEnd))).toBe(kind);
    }
    const [, second] = items;
    const words = ` kube-Services  ${second?.text.split(' ')[3] ?? ''} `;
    const found = consideredRules({ flow, analysis, decisions: [], answer }, { ...query, words });
    expect(found.items).toEqual([second]);
    expect([found.total, found.kinds]).toEqual([1, [{ kind: 'destination', count: 1 }]]);
  });

  it('have the words of their own text in native tables', () => {
    const native = snapshot('media/samples/nftables-node');
    const told = tell(native, { from: 'pod:10.244.1.7', to: '10.96.0.1:9999', protocol: 'tcp' });
    const skipped = told.narrative.groups[0]?.outcomes.flatMap(({ id, path }) =>
      stepsOf(path).flatMap((step) => (step.skipped === null ? [] : [{ outcome: id, ...step.skipped }])),
    );
    const pages = (skipped ?? []).map((gap) =>
      consideredRules({ ...told, analysis: native, decisions: [] }, { ...gap, limit: 10 }),
    );
    const items = pages.flatMap((page) => page.items);
    expect(items.length).toBeGreaterThan(3);
    const lines = native.sources.nft?.text.ruleset.text.split('\n') ?? [];
    for (const { text, failStart, failEnd, location } of items) {
      expect(text).not.toBe('');
      expect(lines[location?.line ?? -1]?.trim()).toBe(text);
      expect(text.slice(failStart, failEnd)).not.toBe('');
    }
  });
});
