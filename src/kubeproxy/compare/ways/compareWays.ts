/**
 * Which packets end otherwise than before: the ways of Services, from wherever clients stand, traced in both states. Where
 * nothing but the rules of some Services changed, only the ways to these are traced.
 */
import type { Family } from '../../../kernel/flow.ts';
import { Budget } from '../../../kernel/budget.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import { frontendKey, type FrontendPlace } from '../../services/frontendPlace.ts';
import type { Analysis } from '../../analysis.ts';
import type { SnapshotFileName } from '../../../kernel/snapshot.ts';
import type { Vantage, WayEnd } from '../../ways/way.ts';
import type { WayChange } from '../change.ts';
import { type End, endOf, endOfFate } from './end.ts';
import type { FamilyDifference } from '../familyDifference.ts';
import { type EndsOfBoth, endsOfBoth } from './endsOfBoth.ts';
import { endsAt, endsOfPlace, type FrontendEnds, packetTo } from './frontendEnds.ts';
import { type Difference, wayChangeOf } from './wayChange.ts';

/** What may have changed what becomes of packets. */
export interface Touched {
  /** Those of which both states have rules. */
  readonly families: readonly Family[];
  /** By id: ports about which the states differ in words. */
  readonly ports: ReadonlySet<string>;
  /** Whether anything else of the rules differs. */
  readonly others: boolean;
  /** Of the families that both states follow in iptables. */
  readonly differences: readonly FamilyDifference[];
}

export interface WaysCompared {
  readonly changes: readonly WayChange[];
  /** Frontends that were not traced: there are too many of too many kinds. */
  readonly left: number;
}

/** Of more ports the classes of all frontends are worked out. */
const MOST_ONE_BY_ONE = 200;

export function* compareWays(before: Analysis, after: Analysis, touched: Touched): Steps<WaysCompared> {
  const isAll = touched.others || touched.ports.size > MOST_ONE_BY_ONE || haveOtherFacts(before, after);
  if (!isAll && touched.ports.size === 0) return { changes: [], left: 0 };
  const differ = (was: FrontendEnds, is: FrontendEnds): boolean =>
    [...differencesOf(is.asked.frontend, was, is, before, after)].length > 0;
  const { old, now } = isAll
    ? yield* endsOfBoth({ before, after }, touched.families, touched.differences, differ)
    : yield* endsAtBoth([...placesOf(touched, [before, after])], before, after);
  const found: Difference[] = [];
  for (const key of new Set([...now.frontends.keys(), ...old.frontends.keys()])) {
    if (old.left.has(key) || now.left.has(key)) continue;
    const one = old.frontends.get(key) ?? null;
    const other = now.frontends.get(key) ?? null;
    const place = placeOf(one ?? other);
    if (place === null || !touched.families.includes(place.family)) continue;
    const was = one ?? (yield* endsOfPlace(place, before, new Budget(FRONTEND)));
    const is = other ?? (yield* endsOfPlace(place, after, new Budget(FRONTEND)));
    if (is !== null) append(found, differencesOf(place, was, is, before, after));
  }
  const left = new Set([...old.left, ...now.left]).size;
  const groups = groupBy(found.sort(byService), ({ was, is }) => `${was?.key ?? ''}\n${is.key}`);
  return { changes: [...groups.values()].flatMap((group) => wayChangeOf(group) ?? []), left };
}

/** Whichever state has the rule that tells them apart, and in whatever order its rules are. */
function byService({ asked: a }: Difference, { asked: b }: Difference): number {
  const [one, other] = a.name === b.name ? [keyOf(a), keyOf(b)] : [a.name, b.name];
  return one < other ? -1 : Number(one > other);
}

/** Of places in one Service port: cluster IPs before node ports. */
function keyOf({ frontend }: Difference['asked']): string {
  return `${frontend.kind} ${frontendKey(frontend)}`;
}

function* endsAtBoth(places: readonly FrontendPlace[], before: Analysis, after: Analysis): Steps<EndsOfBoth> {
  return { old: yield* endsAt(places, before), now: yield* endsAt(places, after) };
}

/** Of one that leads to no endpoint in one state. */
const FRONTEND = 1_000_000;

/** What tells of moments, names and connections, and decides about no new packet. */
const TELLING: ReadonlySet<SnapshotFileName> = new Set(['conntrack.txt', 'objects.json', 'snapshot.json']);

/** Whether the node's own files differ, rules apart. */
function haveOtherFacts(before: Analysis, after: Analysis): boolean {
  const names = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...names].some(
    (name) => !TELLING.has(name) && !/tables/u.test(name) && before.files.get(name) !== after.files.get(name),
  );
}

/** Of the ports that changed, and of whoever is reached at the same place. */
function* placesOf({ ports }: Touched, states: readonly Analysis[]): Iterable<FrontendPlace> {
  const done = new Set<string>();
  for (const { catalog } of states) {
    for (const { frontends } of catalog.ports.filter(({ id }) => ports.has(id))) {
      const shared = frontends
        .filter(({ address }) => address !== null)
        .flatMap(({ port, protocol }) => catalog.frontendsAt(null, port, protocol));
      for (const place of [...frontends, ...shared.map(({ frontend }) => frontend)]) {
        if (!done.has(frontendKey(place))) yield place;
        done.add(frontendKey(place));
      }
    }
  }
}

function placeOf(ends: FrontendEnds | null): FrontendPlace | null {
  return ends === null ? null : ends.asked.frontend;
}

function* differencesOf(
  place: FrontendPlace,
  was: FrontendEnds | null,
  is: FrontendEnds,
  before: Analysis,
  after: Analysis,
): Iterable<Difference> {
  const vantages = new Set([...(was?.ends ?? []), ...is.ends].map(({ vantage }) => vantage));
  for (const vantage of vantages) {
    const old = was === null ? null : endFrom(vantage, was, before);
    const now = endFrom(vantage, is, after);
    if (now === null || (was !== null && old === null) || old?.key === now.key) continue;
    // What is new and arrives is told as a change of the Service.
    if (old === null && now.kind !== 'ends') continue;
    yield { asked: is.asked, vantage, was: old, is: now, packet: () => packetTo(vantage, place, after) };
  }
}

/** Null where nobody stands there. */
function endFrom(vantage: Vantage, { fate, ends }: FrontendEnds, analysis: Analysis): End | null {
  if (ends.length === 0) return endOfFate(fate);
  const end: WayEnd | undefined = ends.find((each) => each.vantage === vantage);
  return end === undefined ? null : endOf(end, analysis);
}
