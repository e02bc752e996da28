/** A comparison as people read it: one section for each Service, then for each chain, with what many share told once. */
import { groupBy } from '../../text/groupBy.ts';
import { countWords, plural } from '../narrative/words.ts';
import type { Change, ChangeKind, ChangePlace, Comparison } from './change.ts';

export interface ToldChange {
  /** `added`, `removed`: it is in one state alone. */
  readonly sign: 'added' | 'removed' | 'changed';
  /** `endpoint`, `externalTrafficPolicy`, `rule 3`. */
  readonly what: string;
  /** `10.244.2.9:8080, 20 %`, `Cluster → Local`. */
  readonly words: string;
  readonly places: readonly ChangePlace[];
}

export interface Section {
  /** `shop/web:http`, `filter FORWARD`, `74 Services`. */
  readonly title: string;
  readonly changes: readonly ToldChange[];
}

export interface Told {
  /** `2 Services and 1 other rule differ.` */
  readonly headline: string;
  readonly sections: readonly Section[];
  /** What is the same, and what was not compared: whole sentences. */
  readonly notes: readonly string[];
}

export function tellComparison({ changes, same, notCompared }: Comparison): Told {
  const services = changes.filter(({ service }) => service !== null);
  const others = changes.filter(({ service }) => service === null);
  const { shared, own } = foldedBy(services);
  return {
    headline: headlineOf(services, others),
    sections: [...shared, ...sectionsBy(own, ({ service }) => service ?? ''), ...sectionsBy(others, chainOf)],
    notes: [
      `${plural(same.services, 'Service')} and ${plural(same.rules, 'rule')} are the same, order and hashes apart.`,
      ...notCompared,
    ],
  };
}

function isOfRules(kind: ChangeKind): boolean {
  return kind.startsWith('rule-') || kind.startsWith('chain-');
}

function headlineOf(services: readonly Change[], others: readonly Change[]): string {
  const names = new Set(services.map(({ service }) => service?.split(':')[0]));
  const parts = [
    names.size === 0 ? '' : plural(names.size, 'Service'),
    others.length === 0 ? '' : `${countWords(others.length)} other ${others.length === 1 ? 'rule' : 'rules'}`,
  ].filter((part) => part !== '');
  if (parts.length === 0) return 'Nothing changed: the rules mean the same.';
  const isOne = names.size + others.length === 1;
  return `${parts.join(' and ')} ${isOne ? 'differs' : 'differ'}.`;
}

/** From so many on, Services of which the same changed are told together. */
const MANY = 4;

/** What changed in the same way for many Services, such as the range that is not masqueraded; and the rest. */
function foldedBy(changes: readonly Change[]): {
  readonly shared: readonly Section[];
  readonly own: readonly Change[];
} {
  const rewritten = changes.filter(({ kind }) => isOfRules(kind));
  const alike = groupBy(
    changes.filter(({ kind }) => !isOfRules(kind)),
    ({ kind, before, after }) => `${kind}\n${before ?? ''}\n${after ?? ''}`,
  );
  const shared: Section[] = [];
  const folded = new Set<Change>();
  for (const group of alike.values()) {
    const [first] = group;
    const names = new Set(group.map(({ service }) => service));
    if (first === undefined || names.size < MANY || first.before === null || first.after === null) continue;
    for (const change of group) folded.add(change);
    const told = { ...toldChange(first), what: whatOfMany[first.kind] ?? first.what };
    shared.push({
      title: plural(names.size, 'Service port'),
      changes: [{ ...told, places: group.flatMap(({ places }) => places) }],
    });
  }
  if (new Set(rewritten.map(({ service }) => service)).size >= MANY) {
    for (const change of rewritten) folded.add(change);
    shared.push(rewrittenSection(rewritten));
  }
  return { shared, own: changes.filter((change) => !folded.has(change)) };
}

/** Rules of many Services that differ where nothing that is told of the Services does. */
function rewrittenSection(changes: readonly Change[]): Section {
  const names = new Set(changes.map(({ service }) => service));
  const removed = changes.filter(({ after }) => after === null).length;
  const added = changes.filter(({ before }) => before === null).length;
  return {
    title: plural(names.size, 'Service port'),
    changes: [
      {
        sign: 'changed',
        what: 'rules',
        words: `${countWords(removed)} gone, ${countWords(added)} new: as between releases of kube-proxy, or by somebody’s hand`,
        places: changes.flatMap(({ places }) => places),
      },
    ],
  };
}

const whatOfMany: Partial<Record<ChangeKind, string>> = {
  'masquerade-changed': 'masquerade',
  'source-ranges-changed': 'source ranges',
  'port-changed': 'frontends',
};

function sectionsBy(changes: readonly Change[], titleOf: (change: Change) => string): readonly Section[] {
  return [...groupBy(changes, titleOf)].map(([title, group]) => ({ title, changes: group.map(toldChange) }));
}

/** `filter FORWARD`, of `filter FORWARD, rule 3` and `filter FORWARD: -j DROP`. */
function chainOf({ what }: Change): string {
  return what.replace(/[,:].*$/su, '');
}

function toldChange(change: Change): ToldChange {
  const { kind, what, before, after, places } = change;
  const sign = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return {
    sign,
    what: shortWhat(kind, what),
    words: [before, after].filter((each) => each !== null).join(' → '),
    places,
  };
}

function shortWhat(kind: ChangeKind, what: string): string {
  if (kind === 'service-added' || kind === 'service-removed') return 'Service';
  if (kind === 'port-added' || kind === 'port-removed') return 'Service port';
  if (kind === 'chain-added' || kind === 'chain-removed') return 'chain';
  if (kind === 'chain-policy-changed') return 'policy';
  return isOfRules(kind) ? what.replace(/^[^,:]*[,:] /u, '') : what;
}
