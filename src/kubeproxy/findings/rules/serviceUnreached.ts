/** Chains of a Service port that no rule hands its traffic to: somebody has deleted the rule. */
import { countOf } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { readFamilyChain } from '../../modes/iptables/roles.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import { byPort } from './serviceChains.ts';
import type { RulesSubject } from './subject.ts';

/**
 * kube-proxy deletes such chains of its own each time that it writes its rules, but where there are very many (since 1.26). One
 * finding for each Service port. What hangs on a flushed chain is told as that.
 */
export function serviceUnreached(subject: RulesSubject, before: readonly Finding[]): readonly Finding[] {
  if (subject.isPart || subject.isLarge || before.some(({ code }) => CAUSES.has(code))) return [];
  const services = subject.chain('nat', 'KUBE-SERVICES');
  if (services === null || services.rules.length === 0) return [];
  const { regular, others } = regularChains(subject.ruleset, subject.table('nat'));
  const left = [...regular.keys(), ...others].filter(
    (chain) => isOfService(chain) && countOf(chain) > 0 && !subject.isJumpedTo(chain),
  );
  return byPort(subject, left).map(({ service, title, chains }) =>
    ruleFinding({
      code: 'jump-missing',
      at: subject.declarationOf(services),
      service,
      message: `No rule of KUBE-SERVICES or KUBE-NODEPORTS leads to ${chains.map(({ name }) => name).join(', ')}, though kube-proxy has written the chain for ${title}: what is sent to the address that the missing rule was for is not translated, and hangs or is refused. Somebody has deleted the rule. Restart kube-proxy on the node, which writes it anew.`,
      related: chains.flatMap((chain) => {
        const at = subject.declarationOf(chain);
        return at === null ? [] : [{ at, message: `Nothing leads to ${chain.name}.` }];
      }),
    }),
  );
}

const CAUSES: ReadonlySet<string> = new Set(['jump-missing', 'rules-frozen']);

/** Up to 1.23 there was KUBE-XLB, which newer releases leave behind. */
function isOfService({ name }: Chain): boolean {
  const kind = readFamilyChain(name)?.kind;
  return kind === 'svc' || kind === 'svl' || kind === 'ext' || kind === 'fw';
}
