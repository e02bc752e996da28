/** `never-matches` by what kube-proxy translates before: rules of others for a cluster IP or a node port, in real dumps. */
import { describe, expect, it } from 'vitest';
import { analysisOfFiles } from '../../../../src/kubeproxy/analysis.ts';
import { findingsOfRules } from '../../../../src/kubeproxy/findings/rules/ofRules.ts';
import { finish } from '../../../../src/values/steps.ts';
import { Dump } from './faults/dump.ts';

const CLUSTER_IP =
  /^-A KUBE-SERVICES -d ([\d.]+)\/32 -p (\w+) .*"(\S+) cluster IP" .*--dport (\d+) -j KUBE-SVC-/u;
const NODE_PORT = /^-A KUBE-NODEPORTS -p (\w+) .*"(\S+)" .*--dport (\d+) -j KUBE-(?:EXT|SVC)-/u;
const REFUSED = /^-A KUBE-SERVICES -d ([\d.]+)\/32 -p (\w+) .*no endpoints.* --dport (\d+) -j REJECT/u;

const dumps = ['1.36.3', '1.36.3-legacy', '1.23.4'].map((name) => Dump.of(name));

function told(dump: Dump | null): readonly string[] {
  const found = finish(findingsOfRules(analysisOfFiles(dump?.files ?? new Map())));
  return found.filter(({ code }) => code === 'never-matches').map(({ message }) => message);
}

describe.each(dumps)('in $name', (dump) => {
  const [, address = '', protocol = '', service = '', port = ''] = dump.find(CLUSTER_IP) ?? [];
  const asked = `-d ${address}/32 -p ${protocol} -m ${protocol} --dport ${port}`;

  it.each(['INPUT', 'FORWARD', 'OUTPUT'])('a rule of %s for a cluster IP never matches', (hook) => {
    expect(told(dump.first('filter', `-A ${hook} ${asked} -j DROP`))).toEqual([
      expect.stringContaining(`kube-proxy for ${service} (rule `),
    ]);
  });

  it('nor does one of a chain behind, whatever else it asks for', () => {
    const own = dump.last('filter', `-A OWN ${asked} -s 10.0.0.0/8 -j ACCEPT`);

    expect(told(own?.first('filter', '-A FORWARD -p tcp -j OWN') ?? null)).toHaveLength(1);
  });

  it.each([
    ['for other ports', `-d ${address}/32 -j DROP`],
    ['for any address', `-p ${protocol} -m ${protocol} --dport ${port} -j DROP`],
  ])('one %s may match', (_, words) => {
    expect(told(dump.first('filter', `-A FORWARD ${words}`))).toEqual([]);
  });

  it('one for a cluster IP that is refused may match', () => {
    const [, refused = '', of = '', at = ''] = dump.find(REFUSED) ?? [];

    expect(
      told(dump.first('filter', `-A FORWARD -d ${refused}/32 -p ${of} -m ${of} --dport ${at} -j DROP`)),
    ).toEqual([]);
  });

  it('nothing is proved where connections are not tracked', () => {
    const untracked = dump.withTable('raw', [
      ':PREROUTING ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      '-A PREROUTING -s 10.0.0.0/8 -j CT --notrack',
    ]);

    expect(told(untracked.first('filter', `-A FORWARD ${asked} -j DROP`))).toEqual([]);
  });

  it('nothing is proved where somebody takes the packets before kube-proxy', () => {
    const before = dump.first('nat', `-A PREROUTING -s 10.9.0.0/16 -p ${protocol} -j ACCEPT`);

    expect(told(before?.first('filter', `-A FORWARD ${asked} -j DROP`) ?? null)).toEqual([]);
  });

  it('nothing is proved where others are translated to the cluster IP', () => {
    const to = dump.last(
      'nat',
      `-A PREROUTING -p ${protocol} -m ${protocol} --dport 7 -j DNAT --to-destination ${address}:${port}`,
    );

    expect(told(to?.first('filter', `-A FORWARD ${asked} -j DROP`) ?? null)).toEqual([]);
  });

  it('a rule of INPUT that lets a node port in never matches, one of FORWARD may', () => {
    const [, of = '', name = '', at = ''] = dump.find(NODE_PORT) ?? [];
    const rule = `-p ${of} -m ${of} --dport ${at} -j ACCEPT`;

    expect(told(dump.first('filter', `-A INPUT ${rule}`))).toEqual([
      expect.stringContaining(`kube-proxy for ${name} (rule `),
    ]);
    expect(told(dump.first('filter', `-A FORWARD ${rule}`))).toEqual([]);
  });
});
