/** Packets that are masqueraded, and once more within the tunnel of an overlay (k/k #88986). */
import { readMarkChange } from '../../../rules/iptables/values/markChange.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { masqueradeMarkOf } from '../../modes/iptables/marks.ts';
import { targetNameOf, targetOption } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** The kernel gives the packet that carries another one its mark; since 1.19 kube-proxy takes the mark away first. */
export function doubleMasquerade(subject: RulesSubject): readonly Finding[] {
  const chain = subject.chain('nat', 'KUBE-POSTROUTING');
  const mark = masqueradeMarkOf(subject.ruleset);
  const rule = chain?.rules.find((each) => targetNameOf(each) === 'MASQUERADE');
  if (!chain || mark === null || rule === undefined || targetOption(rule, '--random-fully') === null)
    return [];
  if (chain.rules.slice(0, rule.index).some((each) => clears(each, mark))) return [];
  const tunnel = tunnelOf(subject);
  if (tunnel === null) return [];
  return [
    ruleFinding({
      code: 'double-masquerade',
      at: subject.at(chain, rule),
      message: `KUBE-POSTROUTING masquerades with --random-fully and leaves the mark on the packet, so that the packet of ${tunnel} that carries it is marked and masqueraded too: its checksum is then wrong, and connections to pods on other nodes over Services take a minute to begin. Update kube-proxy to 1.19 or later (1.16.13, 1.17.9, 1.18.6 mend it too), or switch checksum offload of the tunnel off ("ethtool -K ${tunnel} tx-checksum-ip-generic off").`,
      assumes: `the checksums of ${tunnel} are left to the network card`,
    }),
  ];
}

function clears(rule: Rule, mark: number): boolean {
  const change = targetNameOf(rule) === 'MARK' && rule.target !== null ? readMarkChange(rule.target) : null;
  // `--set-xmark 0x4000/0x0` turns the bit round, which is set on all that get there.
  return (
    change !== null &&
    ((change.value & ~change.mask & mark) !== 0 || (change.mask & ~change.value & mark) !== 0)
  );
}

const TUNNEL =
  /^(?:flannel\.\d+|vxlan\.calico|vxlan-v6\.calico|cilium_vxlan|genev_sys_\d+|antrea-gw\d+|flannel-v6\.\d+|weave)$/;

/** An interface of an overlay over UDP; null where none is known. */
function tunnelOf({ parts }: RulesSubject): string | null {
  const { interfaces, glimpsed } = parts.node;
  return (
    [...(interfaces ?? glimpsed ?? new Map<string, unknown>()).keys()].find((name) => TUNNEL.test(name)) ??
    null
  );
}
