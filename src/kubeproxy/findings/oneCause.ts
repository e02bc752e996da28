/**
 * A Service without endpoints and why it has none are one cause. Two codes name it, since the one is seen in the rules and the other
 * in the objects: both stay findings for programs, and people are told one sentence for each Service.
 */
import { groupBy } from '../../text/groupBy.ts';
import { capitalized, firstFew } from '../narrative/words.ts';
import { emptyCodes } from './cluster/emptyReason.ts';
import type { EmptyFinding } from './cluster/ofObjects.ts';
import type { Finding } from './finding.ts';
import { serviceName } from './packet/words.ts';
import { isRefused, saying } from './refused.ts';
import type { FindingCode } from './table.ts';
import type { Family } from '../../kernel/flow.ts';
import type { ServicePort } from '../services/catalog.ts';

/**
 * The same findings; each `no-endpoints` of which the reason is known says it in place of where to look. `openOf`: what the objects
 * tell of a port where they give no finding, a sentence.
 */
export function withReasons(
  found: readonly Finding[],
  ofObjects: readonly Finding[],
  openOf: (port: ServicePort, family: Family) => string | null = () => null,
): readonly Finding[] {
  const reasonOf = reasonsIn(ofObjects);
  return found.map((finding) => {
    if (!isRefused(finding) || finding.code !== 'no-endpoints') return finding;
    const reason = reasonOf(finding);
    const why = reason === null ? openOf(finding.port, finding.family) : null;
    if (why !== null) return saying(finding, { why });
    if (reason === null || !isEmpty(reason)) return finding;
    const because = [...finding.because, ...reason.because];
    return { ...saying(finding, { why: capitalized(reason.why) }), because };
  });
}

/** What people are told: a finding, and the codes that name it, the reason first. */
export interface Cause {
  readonly finding: Finding;
  readonly codes: readonly FindingCode[];
}

/** By the finding in whose place it is told; what is told with another one is left out. */
export function causesOf(findings: readonly Finding[]): ReadonlyMap<Finding, Cause> {
  const reasonOf = reasonsIn(findings);
  const told = new Map<Finding, Finding[]>();
  const others: Finding[] = [];
  for (const finding of findings) {
    const reason = reasonOf(finding);
    const known = reason === null ? undefined : told.get(reason);
    if (reason === null) others.push(finding);
    else if (known === undefined) told.set(reason, [finding]);
    else known.push(finding);
  }
  const causes = new Map(
    [...groupBy(others, policiesOf).values()].flatMap(([finding, ...rest]): [Finding, Cause][] => {
      if (finding === undefined || told.has(finding)) return [];
      const also = alsoWords(finding, rest);
      const all = also === '' ? finding : { ...finding, message: `${finding.message}${also}` };
      return [[finding, { finding: all, codes: [finding.code] }]];
    }),
  );
  for (const [reason, [first, ...rest]] of told) {
    if (first === undefined) continue;
    const codes = [reason.code, first.code];
    causes.set(first, { finding: { ...first, message: `${first.message}${alsoWords(first, rest)}` }, codes });
  }
  return causes;
}

/** The NetworkPolicies that forbid, which may be those of a whole namespace; of any other finding itself. */
function policiesOf(finding: Finding): string | Finding {
  if (finding.code !== 'policy-forbids') return finding;
  return finding.because.map(({ about }) => `${about.namespace}/${about.name}`).join(' ');
}

/** Of more ports of the Service, or more Services; the other family of a port is no other one. */
function alsoWords({ service }: Finding, rest: readonly Finding[]): string {
  const ports = [...new Set(rest.flatMap((each) => each.service ?? []))].filter((name) => name !== service);
  return ports.length === 0 ? '' : ` So it is with ${firstFew(ports, MOST_NAMED)}.`;
}

const MOST_NAMED = 6;

/** Why the Service of a finding `no-endpoints` has none; null for any other finding, and where the objects do not tell. */
function reasonsIn(findings: readonly Finding[]): (finding: Finding) => Finding | null {
  const reasons = new Map<string | null, Finding>();
  for (const finding of findings) if (emptyCodes.has(finding.code)) reasons.set(finding.service, finding);
  return ({ code, service }) => {
    if (code !== 'no-endpoints' || service === null) return null;
    return reasons.get(service) ?? reasons.get(serviceName(service)) ?? null;
  };
}

function isEmpty(finding: Finding | EmptyFinding): finding is EmptyFinding {
  return 'why' in finding;
}
