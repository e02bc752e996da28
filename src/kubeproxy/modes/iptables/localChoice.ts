import type { Family } from '../../../kernel/flow.ts';
import type { Outcome } from '../../../kernel/trace.ts';
import type { IptablesServices } from './iptablesServices.ts';

const LOCAL_CHAIN = /^KUBE-(?:SVL|XLB)-/;

/** Whether the endpoint was chosen among those of this node only, as a traffic policy of Local asks. */
export function isLocalChoice(
  { steps }: Pick<Outcome, 'steps'>,
  iptables: IptablesServices,
  family: Family,
): boolean {
  // Nearly no way has such a chain at all.
  if (!steps.some((step) => step.kind === 'rule' && LOCAL_CHAIN.test(step.at.chain))) return false;
  const kinds = steps.flatMap((step) => {
    const owner = step.kind === 'rule' ? iptables.ofChain(step.at.chain, family) : null;
    return owner && owner.kind !== 'sep' ? [owner.kind] : [];
  });
  const last = kinds.at(-1);
  return last === 'svl' || last === 'xlb';
}
