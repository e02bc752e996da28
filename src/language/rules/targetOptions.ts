import type { Rule, Target } from '../../rules/iptables/nodes.ts';
import { checkProtocol, checkProtocolBefore, hasProtocolBefore } from './protocolNeeded.ts';
import { checkRejectFamily } from './rejectFamily.ts';
import type { TableScope } from './tableScope.ts';

/** What holds for single targets: `tcp-reset` answers TCP only, ports exist in some protocols only. */
export function checkTargetOptions(scope: TableScope, rule: Rule, target: Target): void {
  for (const option of target.options) {
    switch (option.definition?.kind) {
      case 'rejectWith': {
        const value = option.values[0]?.text ?? '';
        if (!checkRejectFamily(scope, option, value) && /^t/i.test(value))
          checkProtocol(scope, rule, option, ['tcp']);
        break;
      }
      case 'natDestination':
      case 'natSource':
        // The protocol first: every endpoint has a value of its own.
        if (!hasProtocolBefore(rule, option, natProtocols) && hasPort(option.values[0]?.text ?? '')) {
          checkProtocolBefore(scope, rule, option, natProtocols);
        }
        break;
      case 'natPorts':
        checkProtocolBefore(scope, rule, option, natProtocols);
        break;
      default:
        break;
    }
  }
}

const natProtocols: readonly string[] = ['tcp', 'udp', 'sctp', 'dccp', 'icmp'];

/** `10.0.0.1:80`, `:http`, `[fd00::1]:80`; not `fd00::1`. */
function hasPort(value: string): boolean {
  return /^(?:[\d.-]*|\[.*\]):[\da-z]/i.test(value) && !value.startsWith('::');
}
