import type { Option, Rule, Target } from '../../rules/iptables/nodes.ts';
import { insertBefore } from './fixes.ts';
import { checkProtocol, checkProtocolBefore, hasProtocolBefore, protocolOf } from './protocolNeeded.ts';
import { checkRejectFamily } from './rejectFamily.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/**
 * What holds for single targets: `tcp-reset` answers TCP only, ports exist in some protocols only. Of a rule that does not stay
 * iptables-legacy loads nothing, so that the kernel refuses nothing of it.
 */
export function checkTargetOptions(scope: TableScope, rule: Rule, target: Target, stays: boolean): void {
  const isLoaded = stays || scope.backend !== 'legacy';
  for (const option of target.options) {
    switch (option.definition?.kind) {
      case 'rejectWith': {
        const value = option.values[0]?.text ?? '';
        if (!checkRejectFamily(scope, option, value) && isLoaded && /^t/i.test(value))
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
  if (isLoaded && target.definition?.name === 'TCPMSS') checkSyn(scope, rule, target);
}

/**
 * The kernel wants TCPMSS behind a match of tcp that asks for SYN (`tcpmss_tg4_check` of net/netfilter/xt_TCPMSS.c), but for
 * rules of nf_tables.
 */
function checkSyn(scope: TableScope, rule: Rule, target: Target): void {
  if (scope.backend === 'nf_tables' || protocolOf(rule) === null) return;
  const options = rule.matches.flatMap((match) => (match.definition?.name === 'tcp' ? match.options : []));
  if (options.some(asksForSyn)) return;
  const hasFlags = options.some(
    ({ definition }) => definition?.kind === 'tcpFlags' || definition?.name === '--syn',
  );
  const add = insertBefore(target, '--syn', 'Add "--syn"');
  const details = {
    target: 'TCPMSS',
    table: scope.table.name,
    where: 'a rule of iptables-legacy that takes more than SYN packets',
  };
  scope.reporter.report(
    'target-not-allowed',
    target.name,
    { ...details, cure: 'Add "--syn" before it.' },
    { severity: refusedOnlyBy(scope, 'legacy'), fixes: hasFlags ? [] : [add] },
  );
}

function asksForSyn({ definition, negation, values }: Option): boolean {
  if (negation !== null) return false;
  if (definition?.name === '--syn') return true;
  const set = values[1]?.text.toUpperCase().split(',') ?? [];
  return definition?.kind === 'tcpFlags' && (set.includes('SYN') || set.includes('ALL'));
}

const natProtocols: readonly string[] = ['tcp', 'udp', 'sctp', 'dccp', 'icmp'];

/** `10.0.0.1:80`, `:http`, `[fd00::1]:80`; not `fd00::1`. */
function hasPort(value: string): boolean {
  return /^(?:[\d.-]*|\[.*\]):[\da-z]/i.test(value) && !value.startsWith('::');
}
