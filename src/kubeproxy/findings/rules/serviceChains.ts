/** What is wrong within the chains of one Service port, told of the port. */
import type { Chain } from '../../../rules/iptables/nodes.ts';
import { groupBy } from '../../../text/groupBy.ts';
import type { RulesSubject } from './subject.ts';

/** Chains in which something was found, under the name of their Service port; `service` null where nothing names it. */
export interface ChainsOfPort {
  readonly service: string | null;
  /** What it is called in a sentence: its name, else the first chain’s. */
  readonly title: string;
  readonly chains: readonly Chain[];
}

/** In the order of the chains. */
export function byPort(subject: RulesSubject, chains: readonly Chain[]): readonly ChainsOfPort[] {
  const named = chains.map((chain) => ({ chain, service: subject.serviceOf(chain.name) }));
  return [...groupBy(named, ({ chain, service }) => service ?? chain.name).values()].map((group) => ({
    service: group[0]?.service ?? null,
    title: group[0]?.service ?? group[0]?.chain.name ?? '',
    chains: group.map(({ chain }) => chain),
  }));
}
