/**
 * What a pod on a bridge notices of IPv6 that a rule sends elsewhere, as real sockets saw it on Linux 6.18:
 * br_nf_pre_routing_finish_ipv6 routes it where br_netfilter is on, ip6_rcv_finish where it is off.
 */
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { contextOf } from '../../../src/kubeproxy/narrative/context.ts';
import { noticeOf } from '../../../src/kubeproxy/narrative/noticed.ts';
import { dump, labFiles, snapshotOf } from '../../kernel/fixtures.ts';

const BRIDGE_OFF = [
  'net.bridge.bridge-nf-call-ip6tables = 1',
  'net.bridge.bridge-nf-call-ip6tables = 0',
] as const;
const NOT_FORWARDING = ['net.ipv6.conf.all.forwarding = 1', 'net.ipv6.conf.all.forwarding = 0'] as const;
const UNREACHABLE =
  '[{"type":"unreachable","dst":"fd00:10:244:7::/64","dev":"lo","protocol":"boot","metric":1024,"flags":[]},';

const flow: Flow = {
  family: 6,
  from: { kind: 'pod', address: 'fd00:10:244:1::7', port: 40000, interface: 'cni0' },
  to: { address: 'fd00:10:96::1', port: 80 },
  protocol: 'tcp',
};

/** How each way ends, and what the pod notices. `settings`: of the lab's sysctls, each with what it becomes. */
function ends(
  to: string,
  settings: readonly (readonly [string, string])[],
  asked: Partial<Flow> = {},
): readonly string[] {
  const sent: Flow = { ...flow, ...asked };
  const rules = dump({ nat: [`-A PREROUTING -d fd00:10:96::1/128 -j DNAT --to-destination ${to}`] });
  const files = {
    ...labFiles,
    'ip6tables-save.txt': rules.replaceAll('iptables-save', 'ip6tables-save'),
    'sysctl.txt': settings.reduce(
      (text, [from, into]) => text.replace(from, into),
      labFiles['sysctl.txt'] ?? '',
    ),
    'ip6-route.json': (labFiles['ip6-route.json'] ?? '').replace('[', UNREACHABLE),
  };
  const analysis = analysisOfFiles(snapshotOf(files));
  const answer = answerOf(analysis, sent);
  const context = contextOf(sent, analysis, undefined, answer);
  return (answer?.outcomes ?? []).map((outcome) => `${outcome.verdict}: ${noticeOf(outcome, context)}`);
}

describe('IPv6 of a pod on a bridge that a rule sends elsewhere', () => {
  it.each(['::1', 'fd00:10:244:7::1'])('hangs without a way to %s where the bridge routes it', (to) => {
    expect(ends(to, [])).toEqual(['drop: the client hangs until it times out']);
  });

  it.each(['::1', 'fd00:10:244:7::1'])(
    'is told at once that there is no way to %s where IPv6 routes it',
    (to) => {
      expect(ends(to, [BRIDGE_OFF])).toEqual(['drop: the client sees "network is unreachable" at once']);
    },
  );

  it('stays on the bridge, though the node forwards nothing', () => {
    expect(ends('fd00:10:244:1::9', [NOT_FORWARDING])).toEqual(['forward: ']);
    expect(ends('fd00:10:244:1::9', [NOT_FORWARDING, BRIDGE_OFF])).toEqual([
      'drop: the client hangs until it times out',
    ]);
    expect(ends('fd00:10:244:2::9', [NOT_FORWARDING])).toEqual(['drop: the client hangs until it times out']);
  });

  it('stays on the bridge with its last hop', () => {
    expect(ends('fd00:10:244:1::9', [], { packet: { ttl: 1 } })).toEqual(['forward: ']);
  });
});
