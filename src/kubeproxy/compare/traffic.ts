/** How many connections were made to Services between two moments of one node, by the counters of its rules. */
import type { Analysis } from '../analysis.ts';
import { byService, connectionsOf } from '../counters/connections.ts';
import { families } from '../rulesets.ts';
import { writtenAt } from '../../rules/iptables/parsing/generator.ts';

export interface Traffic {
  /** Between the two, by what iptables-save wrote above its rules; null where that does not tell, or they are of one second. */
  readonly seconds: number | null;
  /** Those with new connections, the busiest first. */
  readonly services: readonly {
    readonly service: string;
    readonly connections: number;
    readonly perSecond: number | null;
  }[];
  /** Services with endpoints and without a new connection. */
  readonly idle: number;
  /** Service ports whose counters are lower than before: kube-proxy has written their chains anew, so that what they count now is the least that came. */
  readonly restarted: number;
}

/** Null of two nodes, where one of the two has no counters, and where all of them are the same. */
export function trafficBetween(before: Analysis, after: Analysis): Traffic | null {
  if (before.nodeName !== after.nodeName) return null;
  const old = connectionsOf(before.catalog);
  const now = old === null ? null : connectionsOf(after.catalog);
  if (old === null || now === null) return null;
  let restarted = 0;
  const made = [...now].map(([id, { service, connections }]) => {
    const known = old.get(id)?.connections ?? 0;
    if (connections < known) restarted++;
    return { service, connections: connections < known ? connections : connections - known };
  });
  const sums = [...byService(made)];
  const busy = sums.filter(([, connections]) => connections > 0).sort(([, a], [, b]) => b - a);
  if (busy.length === 0 && restarted === 0) return null;
  const seconds = secondsBetween(before, after);
  return {
    seconds,
    services: busy.map(([service, connections]) => ({
      service,
      connections,
      perSecond: seconds === null ? null : connections / seconds,
    })),
    idle: sums.length - busy.length,
    restarted,
  };
}

function secondsBetween(before: Analysis, after: Analysis): number | null {
  const [old, now] = [before, after].map(({ rulesets }) =>
    families.map((family) => rulesets[family]).find((ruleset) => ruleset !== null),
  );
  const [from, to] = [old, now].map((ruleset) => (ruleset == null ? null : writtenAt(ruleset.text)));
  return from == null || to == null || to <= from ? null : to - from;
}
