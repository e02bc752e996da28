/**
 * Rules of releases that no recorded dump shows, written after the sources of their time (pkg/proxy/iptables, ipvs and
 * userspace) and taken by `iptables-restore --test`.
 */
import { NO_CHAINS } from '../../../../src/kubeproxy/modes/iptables/iptablesPort.ts';
import { chainsOf } from '../../../../src/kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServiceChains } from '../../../../src/kubeproxy/modes/iptables/roles.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analysisOfFiles, type Analysis } from '../../../../src/kubeproxy/analysis.ts';
import { explainChain } from '../../../../src/kubeproxy/explain/explainChain.ts';
import { checked } from '../../../language/rules/checked.ts';

function open(name: string): Analysis {
  const file = new URL(`../../../fixtures/releases/${name}.iptables-save`, import.meta.url);
  return analysisOfFiles(new Map([['iptables-save.txt', readFileSync(file, 'utf8')]]));
}

/** `loadBalancerIP 203.0.113.6:443 balanced Cluster always`. */
function frontendsOf(analysis: Analysis, name: string): readonly string[] {
  return (analysis.catalog.portNamed(name)?.frontends ?? []).map((each) => {
    const place = `${each.address ?? '*'}:${each.port}`;
    return [each.kind, place, each.fate, each.policy, each.masquerade.kind].join(' ');
  });
}

function sharesOf(analysis: Analysis, name: string): readonly (readonly [string, number, number])[] {
  return (analysis.catalog.portNamed(name)?.endpoints ?? []).map((each) => [
    each.address,
    Number((each.share ?? 0).toFixed(6)),
    Number((each.localShare ?? 0).toFixed(6)),
  ]);
}

test.each([
  ['1.18', 'kube-proxy 1.18 or earlier, iptables, IPv4, masquerade bit 14'],
  ['1.20', 'kube-proxy 1.19 to 1.20, iptables, IPv4, masquerade bit 14'],
  ['1.21', 'kube-proxy 1.21, iptables, IPv4, masquerade bit 14'],
  ['userspace', 'kube-proxy, userspace, IPv4'],
  ['ipvs', 'kube-proxy, ipvs, IPv4, masquerade bit 14'],
  ['bit20-interface-nodeips', 'kube-proxy 1.25 or later, iptables (nf_tables), IPv4, masquerade bit 20'],
])('%s is told by its rules', (name, summary) => {
  const analysis = open(name);
  expect(analysis.dump.summary).toBe(summary);
  const { 4: ruleset } = analysis.rulesets;
  if (ruleset === null) throw new Error(`${name} holds no rules of IPv4`);
  expect(checked(ruleset).filter((problem) => problem.severity === 'error')).toEqual([]);
});

describe.each(['1.18', '1.20', '1.21'])('%s', (release) => {
  const analysis = open(release);

  test('a Service with an external IP', () => {
    expect(frontendsOf(analysis, 'default/web')).toEqual([
      'clusterIP 10.96.1.1:80 balanced Cluster unless',
      'nodePort *:30080 balanced Cluster always',
      'externalIP 198.51.100.9:80 balanced Cluster always',
    ]);
    expect(sharesOf(analysis, 'default/web')).toEqual([
      ['10.244.1.2', 0.333333, 0],
      ['10.244.2.2', 0.333333, 0],
      ['10.244.3.2', 0.333333, 0],
    ]);
  });

  test('a load balancer with external traffic policy Local', () => {
    expect(frontendsOf(analysis, 'edge/local:http')).toEqual([
      'clusterIP 10.96.1.2:80 balanced Cluster unless',
      'nodePort *:30081 balanced Local node',
      'loadBalancerIP 203.0.113.5:80 balanced Local node',
    ]);
    expect(sharesOf(analysis, 'edge/local:http')).toEqual([
      ['10.244.1.3', 0.5, 1],
      ['10.244.2.3', 0.5, 0],
    ]);
    expect(analysis.catalog.portNamed('edge/local:http')?.affinity?.seconds).toBe(10_800);
  });

  test('local policy without a local endpoint drops', () => {
    expect(frontendsOf(analysis, 'edge/nolocal:http')).toEqual([
      'clusterIP 10.96.1.4:80 balanced Cluster unless',
      'nodePort *:30082 dropped Local node',
    ]);
  });

  test('KUBE-FW speaks of allowed sources only where there are any', () => {
    const chainOf = (name: string): string => chainsNamed(analysis, name).fw ?? '';
    const anybody = explainChain(analysis, 'nat', chainOf('edge/local:http'), 4);
    expect(anybody.summary).toBe('takes traffic from outside to 1 endpoint on this node');
    const ranged = explainChain(analysis, 'nat', chainOf('edge/ranged:https'), 4);
    expect(ranged.summary).toBe('lets the allowed sources through to 1 endpoint');
    expect(ranged.sentences).toContain('Allowed sources: 192.0.2.0/24, 203.0.113.6/32.');
  });

  test('the balancing chain behind KUBE-FW is open to cluster IP and node port, from everywhere', () => {
    const { svc } = chainsNamed(analysis, 'edge/ranged:https');
    const found = explainChain(analysis, 'nat', svc ?? '', 4);
    expect(found.sentences.filter((sentence) => sentence.startsWith('Allowed'))).toEqual([]);
  });
});

test('another masquerade bit, detection by interface, node ports at two addresses', () => {
  const analysis = open('bit20-interface-nodeips');
  expect(frontendsOf(analysis, 'default/web:http')).toEqual([
    'clusterIP 10.96.1.1:80 balanced Cluster unless',
    'nodePort *:30080 balanced Cluster always',
    'externalIP 198.51.100.9:80 balanced Cluster always',
  ]);
  const [cluster, node] = analysis.catalog.portNamed('default/web:http')?.frontends ?? [];
  expect(cluster?.masquerade).toEqual({ kind: 'unless', unless: 'in by cbr0' });
  expect(node?.scope).toBe('192.168.1.10, 192.168.2.10');
  expect(analysis.iptables.masqueradeMark).toBe(2 ** 20);
});

test('many endpoints: rules without comments keep their Service', () => {
  expect(sharesOf(open('bit20-interface-nodeips'), 'default/many:x')).toEqual([
    ['10.244.0.1', 0.333333, 0],
    ['10.244.0.2', 0.333333, 0],
    ['10.244.0.3', 0.333333, 0],
  ]);
});

function chainsNamed({ catalog }: Analysis, name: string): ServiceChains {
  const port = catalog.portNamed(name);
  return port === null ? NO_CHAINS : chainsOf(port, 4);
}

describe('a chain’s end', () => {
  test('is the first rule that takes everything', () => {
    const analysis = analysisOfFiles(
      new Map([['iptables-save.txt', '*filter\n:A - [0:0]\n-A A -j RETURN\n-A A -j DROP\nCOMMIT\n']]),
    );
    expect(explainChain(analysis, 'filter', 'A', 4).ending).toBe('ends with RETURN, in rule 1');
  });
});
