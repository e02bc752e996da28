import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { guessOwner, ownerOfRule } from '../../src/kubeproxy/owners.ts';
import { roleOf } from '../../src/kubeproxy/modes/iptables/roles.ts';
import { dumpRulesets } from './dumps.ts';

test.each([
  ['nat', 'DOCKER', 'Docker'],
  ['filter', 'DOCKER-ISOLATION-STAGE-1', 'Docker'],
  ['filter', 'cali-FORWARD', 'Calico'],
  ['filter', 'CILIUM_FORWARD', 'Cilium'],
  ['nat', 'FLANNEL-POSTRTG', 'flannel'],
  ['nat', 'ISTIO_REDIRECT', 'Istio'],
  ['filter', 'ufw-before-input', 'ufw'],
  ['filter', 'IN_public_allow', 'firewalld'],
  ['filter', 'FORWARD_IN_ZONES', 'firewalld'],
  ['nat', 'CNI-DN-3f1e0596e56286ad51186', 'the CNI plugin portmap'],
  ['filter', 'CNI-ADMIN', 'the CNI plugin firewall'],
  ['nat', 'CNI-3f1e0596e56286ad51186738', 'a CNI plugin (ipMasq)'],
  ['filter', 'KUBE-ROUTER-FORWARD', 'kube-router'],
  ['filter', 'KUBE-NWPLCY-DEFAULT', 'kube-router'],
  ['filter', 'ANTREA-FORWARD', 'Antrea'],
  ['filter', 'WEAVE-NPC', 'Weave Net'],
  ['filter', 'LIBVIRT_FWI', 'libvirt'],
  ['filter', 'NETBIRD-ACL-INPUT', 'NetBird'],
  ['nat', 'NETBIRD-RT-NAT', 'NetBird'],
  ['nat', 'KUMA_MESH_INBOUND_REDIRECT', 'Kuma'],
  ['nat', 'SUBMARINER-POSTROUTING', 'Submariner'],
  ['nat', 'SM-GN-EGRESS-PODS', 'Submariner'],
  ['mangle', 'EGRESSGATEWAY-MARK-REQUEST', 'EgressGateway'],
  ['nat', 'KILO-NAT', 'Kilo'],
  ['nat', 'sshuttle-12300', 'sshuttle'],
  ['mangle', 'sshuttle-t-12300', 'sshuttle'],
  ['nat', 'KUBE-SERVICES', 'kube-proxy'],
  ['mangle', 'KUBE-IPTABLES-HINT', 'kubelet'],
  ['nat', 'KUBE-SVC-NPX46M4PTMTKRN6Y', 'kube-proxy'],
])('%s %s looks like %s', (table, chain, name) => {
  expect(guessOwner(table, chain)?.name).toBe(name);
});

test.each(['PREROUTING', 'MY-CHAIN', 'IN', 'docker'])('%s is nobody’s that is known', (chain) => {
  expect(guessOwner('filter', chain)).toBeNull();
});

const calico = parseRuleset(
  readFileSync(new URL('../fixtures/foreign/calico.iptables-save', import.meta.url), 'utf8'),
);

test('each chain of a real Calico has a role of its own', () => {
  const chains = calico.tables.flatMap((table) => [...table.chains.keys()]);
  const own = chains.filter((chain) => chain.startsWith('cali-'));
  expect(own.length).toBeGreaterThan(15);
  expect(own.filter((chain) => guessOwner('filter', chain)?.title === '')).toEqual([]);
});

test.each([
  ['cali-fw-cali1234', 'what one workload sends'],
  ['cali-fhfw-eth0', 'forwarded in by a host endpoint'],
  ['cali-pri-kns.default', 'profile, ingress'],
  ['cali-pi-_abc', 'policy, ingress'],
  ['cali-from-wl-dispatch-1', 'from which workload'],
  ['cali-nat-outgoing', 'outgoing NAT of IP pools'],
  ['cali-toString', ''],
])('%s: %s', (chain, title) => {
  expect(guessOwner('filter', chain)).toMatchObject({ name: 'Calico', title });
});

test('a rule in a chain of everybody is its author’s, by its comment or by where it leads', () => {
  const { tables } = parseRuleset(
    [
      '*filter',
      ':FORWARD ACCEPT [0:0]',
      '-A FORWARD -m comment --comment "cali:B000000000000007" -j ACCEPT',
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -m comment --comment "mine" -j ACCEPT',
      'COMMIT',
      '',
    ].join('\n'),
  );
  const rules = tables[0]?.chains.get('FORWARD')?.rules ?? [];
  expect(rules.map((rule) => ownerOfRule('filter', 'FORWARD', rule))).toEqual(['Calico', 'Docker', null]);
});

test('a Service chain has its role in table nat only', () => {
  expect(roleOf('filter', 'KUBE-SVC-NPX46M4PTMTKRN6Y')).toBeNull();
  expect(roleOf('nat', 'KUBE-SVC-npx46m4ptmtkrn6y')).toBeNull();
});

test('every KUBE chain of a real kube-proxy has a role', () => {
  for (const dump of ['1.36.3', '1.23.4', '1.36.3-over-1.23.4', '1.36.3-mixed-backends']) {
    const rulesets = dumpRulesets(dump);
    for (const table of [...(rulesets[4]?.tables ?? []), ...(rulesets[6]?.tables ?? [])]) {
      const chains = [...table.chains.keys()].filter((chain) => chain.startsWith('KUBE-'));
      expect(chains.filter((chain) => roleOf(table.name, chain) === null)).toEqual([]);
    }
  }
});
