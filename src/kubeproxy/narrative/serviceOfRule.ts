/** The Service port that a rule of a path is about, with the place that says so: of a map it is the element, of IPVS the virtual server. */
import { isSameRule, type RuleAt } from '../../kernel/ruleAt.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { Context } from './context.ts';

interface RuledService {
  readonly port: ServicePort;
  readonly at: RuleAt;
}

/** Null for a rule of no Service. One rule looks up the elements of all Services: the packet's destination tells which is meant. */
export function serviceOfRule(at: RuleAt, { catalog, frontends }: Context): RuledService | null {
  for (const { port, frontend } of frontends()) {
    if (isSameRule(frontend.at, at)) return { port, at: frontend.at };
    const refusal = port.evidence?.refusals().find((each) => isSameRule(each.at, at));
    if (refusal !== undefined) return { port, at: refusal.at };
  }
  const port = catalog.ofRule(at);
  return port === null ? null : { port, at };
}
