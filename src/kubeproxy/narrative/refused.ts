/** Which Service port a packet was refused for, where no rule of its own refuses it: in nftables mode an element of a map does, in IPVS mode a rule for all source ranges. */
import { IPVS, isSameRule } from '../../kernel/ruleAt.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome } from '../../kernel/trace.ts';
import type { Catalog, ServicePort } from '../services/catalog.ts';
import { frontendsOf } from './frontendsOf.ts';
import type { FrontendFate } from '../services/frontend.ts';

interface Refused {
  readonly port: ServicePort;
  /** `outside`: the client is in none of its source ranges. */
  readonly fate: Extract<FrontendFate, 'rejected' | 'dropped'> | 'outside';
}

/** Rules of IPVS mode that drop who is in no source range: what clients send, and what the node itself does (pkg/proxy/ipvs/proxier.go). */
const RANGE_CHAINS: ReadonlySet<string> = new Set(['KUBE-SOURCE-RANGES-FIREWALL', 'KUBE-IPVS-OUT-FILTER']);

/** Null where the packet met no rule that looks such elements up, or its destination is none of them. */
export function refusedPort({ steps }: Pick<Outcome, 'steps'>, flow: Flow, catalog: Catalog): Refused | null {
  const last = steps.findLast((step) => step.kind === 'rule');
  const isByRanges = last?.effect.kind === 'drop' && RANGE_CHAINS.has(last.at.chain);
  for (const { port, frontend } of frontendsOf(flow, catalog)) {
    if (isByRanges && frontend.at.source === IPVS && frontend.sourceRanges !== null)
      return { port, fate: 'outside' };
    const { fate } = frontend;
    if (fate !== 'rejected' && fate !== 'dropped') continue;
    const refusal = port.evidence
      ?.refusals()
      .find((each) => steps.some((step) => step.kind === 'rule' && isSameRule(step.at, each.at)));
    if (refusal !== undefined) return { port, fate: refusal.fate };
  }
  return null;
}
