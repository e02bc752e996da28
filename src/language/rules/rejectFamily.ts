import type { Option } from '../../rules/iptables/nodes.ts';
import type { TableScope } from './tableScope.ts';

/** extensions/libipt_REJECT.c and libip6t_REJECT.c; each name may be cut short. */
const reasons: Readonly<Record<4 | 6, readonly string[]>> = {
  4: [
    'icmp-net-unreachable',
    'net-unreach',
    'icmp-host-unreachable',
    'host-unreach',
    'icmp-proto-unreachable',
    'proto-unreach',
    'icmp-port-unreachable',
    'port-unreach',
    'icmp-net-prohibited',
    'net-prohib',
    'icmp-host-prohibited',
    'host-prohib',
    'icmp-admin-prohibited',
    'admin-prohib',
  ],
  6: [
    'icmp6-no-route',
    'no-route',
    'icmp6-adm-prohibited',
    'adm-prohibited',
    'icmp6-addr-unreachable',
    'addr-unreach',
    'icmp6-port-unreachable',
    'port-unreach',
    'icmp6-policy-fail',
    'policy-fail',
    'icmp6-reject-route',
    'reject-route',
  ],
};

/** Reports a reason to reject with that exists for the other IP version only. */
export function checkRejectFamily({ family, reporter }: TableScope, option: Option, value: string): void {
  const word = option.values[0];
  if (family === null || word === undefined || knows(family, value)) return;
  const other = family === 4 ? 6 : 4;
  if (!knows(other, value)) return;
  const cure = `Use ${family === 4 ? 'icmp' : 'icmp6'}-port-unreachable.`;
  reporter.report('wrong-family', word, { name: value, family, cure });
}

function knows(family: 4 | 6, value: string): boolean {
  return reasons[family].some((name) => name.startsWith(value.toLowerCase()));
}
