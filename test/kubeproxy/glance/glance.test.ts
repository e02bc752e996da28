/** The lines with which `tree`, `check` and the view begin. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { glanceAt, glanceBefore } from '../../../src/kubeproxy/glance/glance.ts';
import { balancedEndpoints } from '../../../src/kubeproxy/modes/iptables/balancedEndpoints.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { finish } from '../../../src/values/steps.ts';

const folder = new URL('../../../media/samples/kube-proxy-1.36/', import.meta.url).pathname;
const there = readdirSync(folder);
const files = new Map(
  snapshotFileNames
    .filter((name) => there.includes(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);

/** `Services` → what is said of them, and how grave it is. */
function glance(analysis: Analysis): ReadonlyMap<string, string> {
  return new Map(
    finish(glanceAt(analysis, null)).map(({ title, words, state }) => [title, `${state}: ${words}`]),
  );
}

function dump(filter: string, more: readonly (readonly [SnapshotFileName, string])[] = []): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', `*filter\n${filter}COMMIT\n`], ...more]));
}

const nativeTable = (name: string, ...rules: readonly string[]): string =>
  `table ${name} {\n\tchain c {\n\t\ttype filter hook input priority 0;\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n}\n`;

describe('of a snapshot with objects', () => {
  const lines = glance(analysisOfFiles(files));

  it('has as many lines before anything is found, and says so', () => {
    const before = finish(glanceBefore(analysisOfFiles(files)));
    expect(before.map(({ title }) => title)).toEqual([...lines.keys()]);
    expect(before.find(({ id }) => id === 'findings')?.words).toBe('still being looked for …');
  });

  it('tells name, releases, backend, families and rules of the node', () => {
    expect(lines.get('Node')).toBe(
      'ok: node-1 · kube-proxy 1.31 or later, iptables (nf_tables), IPv4 and IPv6, masquerade bit 14 · 1,179 rules',
    );
  });

  it('counts Services once, whatever ports they have, and those that serve nobody', () => {
    expect(lines.get('Services')).toBe(
      'warning: 71 · 204 endpoints (86 on this node) · 9 without endpoints · 4 without an endpoint on this node',
    );
  });

  it('tells whose rules there are, the policies, the marks, what is wrong, and which file is lacking', () => {
    expect(lines.get('Rules by owner')).toBe('ok: kube-proxy 1,166 · kubelet or kube-proxy 13');
    expect(lines.get('Filter policies')).toBe('ok: INPUT ACCEPT · FORWARD ACCEPT · OUTPUT ACCEPT');
    expect(lines.get('Marks')).toBe('ok: 0x4000 masquerade mark (kube-proxy)');
    expect(lines.get('Findings')).toMatch(/^warning: 13 · The selector of a Service matches no Pod \(8\) · /);
    expect(lines.get('Not known')).toBe('info: connections (conntrack.txt would tell)');
  });
});

it('says of addresses that were given in part that they are a part', () => {
  const brief = 'lo   UNKNOWN   127.0.0.1/8\neth0   UP   192.168.0.2/24\n';
  const given = analysisOfFiles(new Map([...files, ['ip-addr.json', brief], ['conntrack.txt', '']]));
  expect(glance(given).get('Not known')).toBe(
    'info: all but a part of the addresses (ip-addr.json would tell)',
  );
});

describe('without objects', () => {
  const alone = analysisOfFiles(new Map([...files].filter(([name]) => name !== 'objects.json')));

  it('counts the endpoints of the catalog, although it does not ask for them', () => {
    for (const family of [4, 6] as const) {
      const { rulesets, catalog } = alone;
      const ruleset = rulesets[family];
      const all = catalog.ports.flatMap(({ endpoints }) =>
        endpoints.filter((each) => each.inRules && each.family === family),
      );
      const addresses = new Set(all.map(({ address, port }) => `${address} ${port ?? ''}`));
      expect(ruleset === null ? 0 : balancedEndpoints(ruleset).size).toBe(addresses.size);
    }
  });

  it('counts those whose packets come in as those of pods of the node', () => {
    expect(glance(alone).get('Services')).toMatch(/^warning: \d+ · 204 endpoints \(\d+ on this node\) · /);
  });
});

describe('of other rules', () => {
  it('tells a policy that drops, and a mark that two use', () => {
    const lines = glance(
      dump(
        [
          ':INPUT ACCEPT [0:0]',
          ':FORWARD DROP [0:0]',
          ':OUTPUT ACCEPT [0:0]',
          ':ufw-before-input - [0:0]',
          ':cali-FORWARD - [0:0]',
          '-A INPUT -j ufw-before-input',
          '-A FORWARD -j cali-FORWARD',
          '-A ufw-before-input -j MARK --set-xmark 0x10000/0x10000',
          '-A cali-FORWARD -j MARK --set-xmark 0x0/0x10000',
          '',
        ].join('\n'),
      ),
    );
    expect(lines.get('Filter policies')).toBe('ok: INPUT ACCEPT · FORWARD DROP · OUTPUT ACCEPT');
    expect(lines.get('Rules by owner')).toBe('ok: ufw 2 · Calico 2');
    expect(lines.get('Marks')).toMatch(
      /^warning: 0x10000 \(Calico\) · 0x10000 \(ufw\) · 1 clash between owners$/,
    );
    expect(lines.get('Services')).toBeUndefined();
  });

  it('tells whose native tables are by their names, and no name for a mask of most bits', () => {
    const text = [
      nativeTable('inet firewalld', 'accept', 'drop'),
      nativeTable('inet fw4', 'accept'),
      nativeTable('ip libvirt_network', 'accept'),
      nativeTable('inet mine', 'meta mark set meta mark & 0x00000010 counter'),
    ];
    const lines = glance(analysisOfFiles(new Map([['nft.txt', text.join('')]])));
    expect(lines.get('Rules by owner')).toBe(
      'ok: firewalld 2 · OpenWrt (fw4) 1 · libvirt 1 · owner not known 1',
    );
    expect(lines.get('Marks')).toBe('ok: 0xffffffef');
  });

  it('misses no ipset that no rule asks for', () => {
    const rule = '-A INPUT -m set --match-set blocked src -j DROP\n';
    expect(glance(dump(':INPUT ACCEPT [0:0]\n')).get('Not known')).not.toContain('ipset');
    expect(glance(dump(`:INPUT ACCEPT [0:0]\n${rule}`)).get('Not known')).toContain('ipset-save.txt');
  });

  it('says of a part that it is one', () => {
    const part = analysisOfFiles(
      new Map([
        ['iptables-save.txt', '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -j KUBE-SVC-NPX46M4PTMTKRN6Y\n'],
      ]),
    );
    expect(glance(part).get('Not known')).toMatch(
      /^info: the rest of the rules, as these are a part · addresses/,
    );
  });
});

describe('of virtual servers alone', () => {
  const listed =
    '-A -t 10.96.0.1:443 -s rr\n-a -t 10.96.0.1:443 -r 192.168.0.2:6443 -m -w 1\n' +
    '-A -t 10.96.0.10:53 -s rr\n-a -t 10.96.0.10:53 -r 10.244.0.2:53 -m -w 1\n-a -t 10.96.0.10:53 -r 10.244.0.3:53 -m -w 1\n';

  it('counts their real servers as endpoints', () => {
    const lines = glance(analysisOfFiles(new Map([['ipvsadm-save.txt', listed]])));
    expect(lines.get('Services')).toBe('ok: 2 · 3 endpoints');
  });
});
