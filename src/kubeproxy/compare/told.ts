/** A comparison as people read it: one section for each Service, then for each chain, with what many share told once. */
import { groupBy } from '../../text/groupBy.ts';
import { countWords, plural } from '../narrative/words.ts';
import { trafficWords } from './trafficWords.ts';
import type { Change, ChangeKind, ChangePlace, Comparison, WayChange } from './change.ts';

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

/** Packets that end otherwise. */
export interface ToldWay extends Pick<WayChange, 'kind' | 'packet' | 'places'> {
  /** `Cluster IPs of 41 Services, from a pod: dropped by rule 1 of FORWARD (before: arrives)` */
  readonly says: string;
}

export interface Told {
  /** `2 Services and 1 other rule differ.` */
  readonly headline: string;
  readonly ways: readonly ToldWay[];
  readonly sections: readonly Section[];
  /** What is the same, and what was not compared: whole sentences. */
  readonly notes: readonly string[];
}

export function tellComparison({ changes, ways, same, modes, traffic, notCompared }: Comparison): Told {
  const services = changes.filter(({ service }) => service !== null);
  const others = changes.filter(({ service }) => service === null);
  const { shared, own } = foldedBy(services);
  return {
    headline: headlineOf(services, others, ways, modes),
    ways: ways.map(toldWay),
    sections: [...shared, ...sectionsBy(own, ({ service }) => service ?? ''), ...sectionsBy(others, chainOf)],
    notes: [sameWords(same), ...(traffic === null ? [] : trafficWords(traffic)), ...notCompared],
  };
}

function modeName(mode: string): string {
  return mode === 'ipvs' ? 'IPVS' : mode;
}

function sameWords({ services, rules }: Comparison['same']): string {
  if (rules === 0) return `${plural(services, 'Service')} ${services === 1 ? 'is' : 'are'} the same.`;
  return `${plural(services, 'Service')} and ${plural(rules, 'rule')} are the same, order and hashes apart.`;
}

function toldWay({ kind, whose, from, before, after, packet, places }: WayChange): ToldWay {
  const was = before === null ? 'new' : `before: ${before}`;
  return { kind, says: `${whose}, ${from}: ${after} (${was})`, packet, places };
}

function isOfRules(kind: ChangeKind): boolean {
  return kind.startsWith('rule-') || kind.startsWith('chain-');
}

function headlineOf(
  services: readonly Change[],
  others: readonly Change[],
  ways: readonly WayChange[],
  modes: Comparison['modes'],
): string {
  const names = new Set(services.map(({ service }) => service?.split(':')[0]));
  const parts = [
    names.size === 0 ? '' : plural(names.size, 'Service'),
    others.length === 0 ? '' : `${countWords(others.length)} other ${others.length === 1 ? 'rule' : 'rules'}`,
  ].filter((part) => part !== '');
  const effect = effectWords(ways);
  const change = modes === null ? '' : `From ${modeName(modes.before)} to ${modeName(modes.after)} mode: `;
  if (parts.length === 0 && modes !== null)
    return `${change}the same Services, with the same endpoints and policies.${effect}`;
  if (parts.length === 0)
    return effect === ''
      ? 'Nothing changed: the rules mean the same.'
      : `The rules mean the same, but the nodes differ.${effect}`;
  const isOne = names.size + others.length === 1;
  return `${change}${parts.join(' and ')} ${isOne ? 'differs' : 'differ'}.${effect}`;
}

/** Behind a sentence; empty where no packet ends otherwise. */
function effectWords(ways: readonly WayChange[]): string {
  const parts = (['lost', 'doubted', 'changed', 'mended'] as const).flatMap((kind) => {
    const ports = new Set(ways.flatMap((way) => (way.kind === kind ? way.services : []))).size;
    return ports === 0 ? [] : [{ ports, does: effects[kind] }];
  });
  const words = parts.map(({ ports, does }, index) =>
    index === 0
      ? `Packets to ${plural(ports, 'Service port')} ${does}`
      : `those to ${countWords(ports)} ${does}`,
  );
  return words.length === 0 ? '' : ` ${words.join(', ')}.`;
}

const effects: Readonly<Record<WayChange['kind'], string>> = {
  lost: 'do not arrive any more',
  mended: 'now arrive',
  doubted: 'are not known to arrive any more',
  changed: 'end otherwise',
};

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
