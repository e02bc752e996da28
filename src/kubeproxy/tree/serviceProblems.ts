/** What is wrong with a Service or one of its ports, in a few words: its findings, and what is worth knowing beside them. */
import type { FindingsByService, RowFinding } from '../findings/byService.ts';
import type { Severity } from '../findings/kind.ts';
import { emptyCodes } from '../findings/cluster/emptyReason.ts';
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
  readonly kind: ProblemKind;
}

/**
 * `unreached`: traced packets or their answers do not arrive; `differs`: rules and objects disagree; `refused`: nothing answers for
 * want of endpoints; `faulty`: something else is wrong; `other`: worth knowing.
 */
type ProblemKind = 'unreached' | 'differs' | 'refused' | 'faulty' | 'other';

export const badges: Readonly<Record<Severity, Badge>> = {
  error: 'warning',
  warning: 'warning',
  information: 'info',
};

/** All that was found of the port; null where nothing was, and nothing else is worth knowing. `known`: what is found beside its own. */
export function problemOfPort(port: ServicePort, audit: Audit, known: FindingsByService): Problem | null {
  const others = known.ofPort(port);
  const shown = others.filter(isShownByPackets);
  const own = findingsOfPort(port, audit);
  const found = [...shown, ...own, ...others.filter((each) => !shown.includes(each))];
  if (found.length === 0) return remarkOn(port);
  // One cause, told once: why there are no endpoints stands in the tooltip.
  const isEmpty = own.some(({ code }) => code === 'no-endpoints');
  return {
    badge: gravestBadge(found),
    words: wordsOf(found.filter(({ code }) => !isEmpty || !emptyCodes.has(code))),
    reason: reasonsOf(found),
    kind: shown.length > 0 ? 'unreached' : (kindOf(own) ?? (others.length > 0 ? 'faulty' : 'other')),
  };
}

/** Of findings, of which there is one at least. */
export function gravestBadge(found: readonly Pick<RowFinding, 'severity'>[]): Badge {
  return found.some(({ severity }) => badges[severity] === 'warning') ? 'warning' : 'info';
}

function isShownByPackets({ code }: RowFinding): boolean {
  return findingTable[code].layer === 'packet';
}

function kindOf(own: readonly PortFinding[]): ProblemKind | null {
  if (own.some(({ code }) => findingTable[code].layer === 'cluster')) return 'differs';
  return own.some(({ code }) => code === 'no-endpoints') ? 'refused' : null;
}

const kindWords: Readonly<Record<Exclude<ProblemKind, 'other'>, (services: string) => string>> = {
  unreached: (services) => `${services} not reached from everywhere`,
  refused: (services) => `${services} without endpoints`,
  differs: (services) => `${services} whose rules are not what the cluster asks for`,
  faulty: (services) => `${services} with something else wrong`,
};

/** `3 Services without endpoints`: one text for each kind of problem that there is. */
export function countedProblems(problems: readonly Pick<Problem, 'kind'>[]): readonly string[] {
  return Object.entries(kindWords).flatMap(([kind, words]) => {
    const count = problems.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [words(plural(count, 'Service'))];
  });
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
export function problemOfService(
  service: CatalogService,
  audit: Audit,
  known: FindingsByService,
): Problem | null {
  const problems = service.ports.flatMap((port) => problemOfPort(port, audit, known) ?? []);
  return problems.find(({ badge }) => badge === 'warning') ?? problems[0] ?? null;
}

/** Several findings of one code are counted; what is so in both families is said once. */
const counted: Readonly<Partial<Record<RowFinding['code'], (count: number) => string>>> = {
  'service-without-rules': () => 'no rules for it on this node',
  'rules-without-service': () => 'the cluster has no such Service port',
  'frontend-missing': (count) => `${plural(count, 'frontend')} missing in the rules`,
  'frontend-extra': (count) => `${plural(count, 'frontend')} too many in the rules`,
  'endpoint-missing': (count) => `${plural(count, 'endpoint')} missing in the rules`,
  'endpoint-stale': (count) => `${plural(count, 'stale endpoint')} in the rules`,
  'endpoint-extra': (count) => `${plural(count, 'endpoint')} too many in the rules`,
};

function wordsOf(found: readonly RowFinding[]): string {
  const byCode = groupBy(found, ({ code }) => code);
  const words = [...byCode].map(([code, same]) => counted[code]?.(same.length) ?? same[0]?.reason ?? '');
  return words.join(' · ');
}

/** More are counted: a tooltip is read at a glance. */
const MOST_REASONS = 5;

function reasonsOf(found: readonly RowFinding[]): string {
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
