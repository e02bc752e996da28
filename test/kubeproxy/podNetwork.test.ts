import { describe, expect, test } from 'vitest';
import { podNetworkOf } from '../../src/kubeproxy/podNetwork.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';

const rules = (...lines: readonly string[]): string => ['*nat', ...lines, 'COMMIT', ''].join('\n');

describe('the network of pods', () => {
  test.each([
    [
      '-A KUBE-SVC-NPX46M4PTMTKRN6Y ! -s 10.244.0.0/16 -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-MARK-MASQ',
      '10.244.0.0/16',
    ],
    [
      '[3:180] -A KUBE-SVC-X ! -s fd00:10:244::/56 -d fd00:10:96::1/128 -p tcp -m tcp --dport 443 -j KUBE-MARK-MASQ',
      'fd00:10:244::/56',
    ],
    [
      '-A KUBE-SERVICES ! -s 10.0.0.0/8 -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-MARK-MASQ',
      '10.0.0.0/8',
    ],
    ['-A KUBE-EXT-X -s 10.245.0.0/16 -m comment --comment "pod traffic" -j KUBE-SVC-X', '10.245.0.0/16'],
    ['-A KUBE-XLB-X -s 10.245.0.0/16 -m comment --comment "pod traffic" -j KUBE-SVC-X', '10.245.0.0/16'],
    ['-A KUBE-FW-X -s 10.245.0.0/16 -j KUBE-SVC-X', null],
    ['-A POSTROUTING ! -s 10.244.0.0/16 -j MASQUERADE', null],
    ['-A KUBE-SVC-X ! -s 10.244.0.0/16 -d 10.96.0.1/32 -j KUBE-SEP-Y', null],
  ])('of %s: %s', (line, network) => {
    const ruleset = parseRuleset(rules('-A POSTROUTING ! -s 192.0.2.0/24 -j RETURN', line));
    expect(podNetworkOf(ruleset)?.text ?? null).toBe(network);
  });

  test('is not known without rules', () => {
    expect(podNetworkOf(null)).toBeNull();
  });
});
