/** What is wrong with a Service or one of its ports, in a few words: from the rules, and from what the audit finds. */
import type { Audit } from '../findings/cluster/audit.ts';
import type { Finding, FindingKind } from '../findings/cluster/finding.ts';
import type { CatalogService, ServicePort } from '../services/catalog.ts';
import { countWords, plural } from '../narrative/words.ts';
import type { Badge } from './tree.ts';

interface Problem {
  readonly badge: Badge;
  /** Behind the label. */
  readonly words: string;
  /** Whole sentences, one a line. */
  readonly reason: string;
  /** `refused`: nothing answers for want of endpoints; `differs`: rules and objects disagree; `other`: worth knowing. */
  readonly kind: 'refused' | 'differs' | 'other';
}

/** The worst first; null where nothing is. */
export function problemOfPort(port: ServicePort, audit: Audit): Problem | null {
  const found = audit.ofPort(port);
  const differs = found.length === 0 ? null : differing(found);
  const refused = port.problems.some((each) => each.kind === 'no-endpoints')
    ? problem('warning', 'refused', 'no endpoints, traffic is rejected')
    : null;
  if (refused !== null && differs !== null) {
    const [words, reason] = [`${refused.words} · ${differs.words}`, `${refused.reason}\n${differs.reason}`];
    return { ...differs, words, reason };
  }
  return differs ?? refused ?? lesser(port);
}

function lesser(port: ServicePort): Problem | null {
  if (port.problems.length > 0) return problem('info', 'other', localWords(port));
  if (port.leftOver) return problem('info', 'other', 'left over, no rule leads to it');
  if (port.families.length > 0 || isUnproxied(port)) return null;
  return problem('info', 'other', 'not in these rules');
}

/** The worst of a Service's ports. */
export function problemOfService(service: CatalogService, audit: Audit): Problem | null {
  const problems = service.ports.flatMap((port) => problemOfPort(port, audit) ?? []);
  return problems.find(({ badge }) => badge === 'warning') ?? problems[0] ?? null;
}

function problem(badge: Badge, kind: Problem['kind'], words: string): Problem {
  return { badge, kind, words, reason: words };
}

/** Of one kind that is in both families the words are said once. */
const counted: Readonly<Record<FindingKind, (count: number) => string>> = {
  serviceWithoutRules: () => 'no rules for it on this node',
  rulesWithoutService: () => 'the cluster has no such Service port',
  frontendMissing: (count) => `${plural(count, 'frontend')} missing in the rules`,
  frontendExtra: (count) => `${plural(count, 'frontend')} too many in the rules`,
  endpointMissing: (count) => `${plural(count, 'endpoint')} missing in the rules`,
  endpointStale: (count) => `${plural(count, 'stale endpoint')} in the rules`,
  endpointExtra: (count) => `${plural(count, 'endpoint')} too many in the rules`,
};

function differing(found: readonly Finding[]): Problem {
  const kinds = new Map<FindingKind, number>();
  for (const { kind } of found) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const words = [...kinds].map(([kind, count]) => counted[kind](count)).join(' · ');
  return { badge: 'warning', kind: 'differs', words, reason: reasonsOf(found) };
}

/** More are counted: a tooltip is read at a glance. */
const MOST_REASONS = 5;

function reasonsOf(found: readonly Finding[]): string {
  const shown = found.slice(0, MOST_REASONS).map(({ message }) => message);
  const rest = found.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… ${countWords(rest)} more`] : [])].join('\n');
}

/** Which traffic is dropped for want of a local endpoint. */
function localWords(port: ServicePort): string {
  const inside = port.internalPolicy === 'Local' && port.externalPolicy !== 'Local';
  return inside
    ? 'no endpoints on this node, traffic is dropped'
    : 'no endpoints on this node, traffic from outside is dropped';
}

/** A Service that kube-proxy passes over: headless, an alias, or another proxy's. */
export function isUnproxied({ object }: ServicePort): boolean {
  if (object === null) return false;
  const isOthers = object.labels.has('service.kubernetes.io/service-proxy-name');
  return isOthers || object.type === 'ExternalName' || object.clusterIPs[0] === 'None';
}
