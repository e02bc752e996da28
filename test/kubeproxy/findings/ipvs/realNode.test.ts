/** Faults and innocents of IPVS mode in the files of a node on which a real kube-proxy wrote them, with node ports. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SnapshotFileName } from '../../../../src/kernel/snapshot.ts';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { allFindings } from '../../../../src/kubeproxy/findings/all.ts';
import type { Finding } from '../../../../src/kubeproxy/findings/finding.ts';
import { finish } from '../../../../src/values/steps.ts';
import { newOf } from '../rules/faults/fault.ts';

const names = [
  'ipvsadm-save.txt',
  'ipset-save.txt',
  'iptables-save.txt',
  'ip-addr.json',
  'ip-route.json',
  'sysctl.txt',
  'objects.json',
] as const;
const files = new Map(names.map((name) => [name, readFileSync(`media/samples/ipvs-node/${name}`, 'utf8')]));

type Change = readonly [file: (typeof names)[number], was: string | RegExp, is: string];

function findings(...changes: readonly Change[]): readonly Finding[] {
  const changed = new Map<SnapshotFileName, string>(files);
  for (const [file, was, is] of changes) {
    const text = changed.get(file) ?? '';
    expect(text).toMatch(was);
    changed.set(file, text.replaceAll(was, is));
  }
  return finish(allFindings(analysisOfFiles(changed)));
}

const before = findings();
const list = (was: string | RegExp, is: string): Change => ['ipvsadm-save.txt', was, is];

const faults: readonly (readonly [name: string, change: Change, codes: readonly string[]])[] = [
  [
    'a node port that one address of the node does not take',
    list(/-[Aa] -t 192\.168\.0\.2:30080 .*\n/g, ''),
    ['frontend-missing edge/np-cluster:http'],
  ],
  [
    'a node port that has no servers at one address',
    list(/-a -t 192\.168\.0\.2:30080 .*\n/g, ''),
    ['endpoint-missing edge/np-cluster:http'],
  ],
  [
    'a node port that lacks one server at one address',
    list(/-a -t 192\.168\.0\.2:30080 -r 10\.244\.3\.35.*\n/g, ''),
    ['endpoint-missing edge/np-cluster:http'],
  ],
  [
    'a node port that no set has',
    ['ipset-save.txt', 'add KUBE-NODE-PORT-TCP 30080\n', ''],
    ['ipset-entry-missing edge/np-cluster:http'],
  ],
  [
    'a Service that has no virtual server',
    list(/-[Aa] -t 10\.106\.89\.61:80 .*\n/g, ''),
    ['service-without-rules shop/three:http'],
  ],
  [
    'a virtual server of a Service that is gone',
    ['objects.json', /.*"name":"three",.*\n/g, ''],
    ['rules-without-service'],
  ],
];

const innocents: readonly (readonly [name: string, change: Change])[] = [
  [
    'LVS of somebody else that routes, at an address of the node',
    list('-A -u', '-A -t 192.168.0.2:6443 -s rr\n-a -t 192.168.0.2:6443 -r 192.168.0.3:6443 -g -w 0\n-A -u'),
  ],
  [
    'LVS of somebody else at an address that --ipvs-exclude-cidrs names',
    list(
      '-A -u',
      '-A -t 203.0.113.250:6443 -s rr\n-a -t 203.0.113.250:6443 -r 192.168.0.1:6443 -m -w 1\n-A -u',
    ),
  ],
  [
    'LVS of somebody else that goes by a mark',
    list('-A -u', '-A -f 1 -s rr\n-a -f 1 -r 192.168.0.3:0 -g -w 1\n-A -u'),
  ],
  ['another scheduler', list(/-s rr/g, '-s lc')],
  [
    'a set of somebody else',
    [
      'ipset-save.txt',
      /$/g,
      'create blocked hash:net family inet hashsize 64 maxelem 100\nadd blocked 203.0.113.0/24\n',
    ],
  ],
];

describe('on a node of IPVS mode', () => {
  it.each(faults)('is found: %s', (_, change, codes) => {
    expect(newOf(findings(change), before, 'warnings')).toEqual(codes);
  });

  it.each(innocents)('is nothing: %s', (_, change) => {
    expect(newOf(findings(change), before, 'warnings')).toEqual([]);
  });
});
