/**
 * Rules of other tools, as `iptables-save -c` writes them. Each file is taken by `iptables-restore --test` of both
 * backends, so that an error here would be ours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printRuleset } from '../../src/rules/iptables/printer.ts';
import { analysisOfFiles } from '../../src/kubeproxy/analysis.ts';
import { explainChain } from '../../src/kubeproxy/explain/explainChain.ts';
import { tablesOf } from '../../src/kubeproxy/rulesets.ts';
import { checked } from '../language/rules/checked.ts';

const folder = new URL('../fixtures/foreign/', import.meta.url);

const owners: Readonly<Record<string, string>> = {
  'calico.iptables-save': 'Calico, by its name',
  'cilium.iptables-save': 'Cilium, by its name',
  'fail2ban.iptables-save': 'fail2ban, by its name',
  'firewalld.iptables-save': 'firewalld, by its name',
  'flannel.iptables-save': 'flannel, by its name',
  'istio.iptables-save': 'Istio, by its name',
  'kube-router.iptables-save': 'kube-router, by its name',
  'libvirt.iptables-save': 'libvirt, by its name',
  'ufw.iptables-save': 'ufw, by its name',
};

test('every file has its owner', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(owners).sort());
});

test.each(Object.entries(owners))('%s', (file, owner) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const analysis = analysisOfFiles(new Map([['iptables-save.txt', text]]));
  const { 4: ruleset } = analysis.rulesets;
  if (ruleset === null) throw new Error(`${file} holds no rules of IPv4`);
  expect(printRuleset(ruleset)).toBe(text);
  expect(checked(ruleset).filter((problem) => problem.severity === 'error')).toEqual([]);
  expect(analysis.dump.mode).toBeNull();
  expect(analysis.catalog.ports).toEqual([]);
  for (const table of tablesOf(ruleset)) {
    for (const chain of table.chains.values()) {
      const builtIn = chain.declaration?.policy != null;
      expect(explainChain(analysis, table.name, chain.name, 4).owner).toBe(builtIn ? null : owner);
    }
  }
});

test('what a rule of `recent` asks of a client is said in full', () => {
  const text = readFileSync(new URL('ufw.iptables-save', folder), 'utf8');
  const { tree } = analysisOfFiles(new Map([['iptables-save.txt', text]]));
  const { items } = tree.rows('hook', 'r:4:filter:ufw-user-input', 0, 2);
  expect(items.map((row) => row.label)).toEqual([
    'remember the client if to port 22/TCP, in state NEW',
    'ufw-user-limit',
  ]);
  expect(items[1]?.description).toBe(
    '2 rules · if to port 22/TCP, in state NEW, of a client seen 6 times or more in list DEFAULT in the last 30 s',
  );
});

test('a dump from a Red Hat image calls protocol 4 by its own name', () => {
  const text = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p ipv4 -j DROP\nCOMMIT\n';
  const { 4: ruleset } = analysisOfFiles(new Map([['iptables-save.txt', text]])).rulesets;
  expect(ruleset === null ? null : checked(ruleset)).toEqual([]);
});
