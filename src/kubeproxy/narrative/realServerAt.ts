/** Where a virtual server lists the server that it chose. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import { IPVS, type RuleAt } from '../../kernel/ruleAt.ts';
import type { SnapshotFiles } from '../../kernel/snapshot.ts';
import type { Effect } from '../../kernel/trace.ts';
import { endText } from '../../rules/ipvs/names.ts';
import { ipvsTextOf } from '../ipvsSource.ts';

/** `TCP 10.96.0.1:443` that translates to 10.244.1.5:8443 → `-a -t 10.96.0.1:443 -r 10.244.1.5:8443 -m -w 1`; else null. */
export function realServerAt(at: RuleAt, effect: Effect, files: SnapshotFiles): RuleAt | null {
  if (at.source !== IPVS || effect.kind !== 'dnat') return null;
  const virtual = ipvsTextOf(files)?.rules.services.find(({ start }) => start === at.span.start);
  const server = virtual?.servers.find((each) => endText(each) === formatEndpoint(effect.is));
  return server === undefined ? null : { ...at, span: { start: server.start, end: server.end } };
}
