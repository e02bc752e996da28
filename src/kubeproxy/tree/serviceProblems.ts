/** What is wrong with a Service or one of its ports, in a few words: its findings, and what is worth knowing beside them. */
import type { Severity } from '../findings/kind.ts';
import { findingsOfPort } from '../findings/ofServices.ts';
import type { PortFinding } from '../findings/portFinding.ts';
import { findingTable } from '../findings/table.ts';
import type { CatalogService, ServicePort } from '../services/catalog.ts';
import type { Audit } from '../findings/cluster/audit.ts';
import { groupBy } from '../../text/groupBy.ts';
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

export const badges: Readonly<Record<Severity, Badge>> = {
  error: 'warning',
  warning: 'warning',
  information: 'info',
};

/** All that was found of the port; null where nothing was, and nothing else is worth knowing. */
export function problemOfPort(port: ServicePort, audit: Audit): Problem | null {
  const found = findingsOfPort(port, audit);
  const [first] = found;
  if (first === undefined) return remarkOn(port);
  const gravest = found.find(({ severity }) => badges[severity] === 'warning') ?? first;
  return {
    badge: badges[gravest.severity],
    words: wordsOf(found),
    reason: reasonsOf(found),
    kind: kindOf(found),
  };
}

function kindOf(found: readonly PortFinding[]): Problem['kind'] {
  if (found.some(({ code }) => findingTable[code].layer === 'cluster')) return 'differs';
  return found.some(({ code }) => code === 'no-endpoints') ? 'refused' : 'other';
}

/** What no finding says: it is so of many healthy Services. */
function remarkOn(port: ServicePort): Problem | null {
  if (port.leftOver) return remark('left over, no rule leads to it');
  if (port.families.length > 0 || isUnproxied(port)) return null;
  return remark('not in these rules');
}

function remark(words: string): Problem {
  return { badge: 'info', kind: 'other', words, reason: words };
}

/** The worst of a Service's ports. */
export function problemOfService(service: CatalogService, audit: Audit): Problem | null {
  const problems = service.ports.flatMap((port) => problemOfPort(port, audit) ?? []);
  return problems.find(({ badge }) => badge === 'warning') ?? problems[0] ?? null;
}

/** Several findings of one code are counted; what is so in both families is said once. */
const counted: Readonly<Partial<Record<PortFinding['code'], (count: number) => string>>> = {
  'service-without-rules': () => 'no rules for it on this node',
  'rules-without-service': () => 'the cluster has no such Service port',
  'frontend-missing': (count) => `${plural(count, 'frontend')} missing in the rules`,
  'frontend-extra': (count) => `${plural(count, 'frontend')} too many in the rules`,
  'endpoint-missing': (count) => `${plural(count, 'endpoint')} missing in the rules`,
  'endpoint-stale': (count) => `${plural(count, 'stale endpoint')} in the rules`,
  'endpoint-extra': (count) => `${plural(count, 'endpoint')} too many in the rules`,
};

function wordsOf(found: readonly PortFinding[]): string {
  const byCode = groupBy(found, ({ code }) => code);
  const words = [...byCode].map(([code, same]) => counted[code]?.(same.length) ?? same[0]?.reason ?? '');
  return words.join(' · ');
}

/** More are counted: a tooltip is read at a glance. */
const MOST_REASONS = 5;

function reasonsOf(found: readonly PortFinding[]): string {
  const shown = found.slice(0, MOST_REASONS).map(({ message }) => message);
  const rest = found.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… ${countWords(rest)} more`] : [])].join('\n');
}

/** A Service that kube-proxy passes over: headless, an alias, or another proxy's. */
export function isUnproxied({ object }: ServicePort): boolean {
  if (object === null) return false;
  const isOthers = object.labels.has('service.kubernetes.io/service-proxy-name');
  return isOthers || object.type === 'ExternalName' || object.clusterIPs[0] === 'None';
}
