import { expect, test } from 'vitest';
import { guessOwner } from '../../src/kubeproxy/owners.ts';
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
  ['nat', 'KUBE-SERVICES', 'kube-proxy'],
  ['mangle', 'KUBE-IPTABLES-HINT', 'kubelet'],
  ['nat', 'KUBE-SVC-NPX46M4PTMTKRN6Y', 'kube-proxy'],
])('%s %s looks like %s', (table, chain, name) => {
  expect(guessOwner(table, chain)?.name).toBe(name);
});

test.each(['PREROUTING', 'MY-CHAIN', 'IN', 'docker'])('%s is nobody’s that is known', (chain) => {
  expect(guessOwner('filter', chain)).toBeNull();
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
