/** Compares the rules of two states: of one node before and after, or of two nodes. */
import { partOf } from '../../rules/iptables/parts/part.ts';
import { append } from '../../text/lists.ts';
import type { Steps } from '../../values/steps.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { families, tablesOf } from '../rulesets.ts';
import { followedSources, type Source } from '../sources.ts';
import { plural } from '../narrative/words.ts';
import { compareNative } from './nftRules.ts';
import type { Change, Comparison, Side, WayChange } from './change.ts';
import { differencesOf } from './familyDifference.ts';
import { compareRules } from './rules.ts';
import { compareServices } from './services.ts';
import { touchedPorts } from './touched.ts';
import { trafficBetween } from './traffic.ts';
import { compareWays } from './ways/compareWays.ts';

/** The order of Services' rules and the hashes in chains' names do not count. Objects do not either, but for names. */
export function* compareNodes(before: Analysis, after: Analysis): Steps<Comparison> {
  const shared = families.filter((family) => hasRules(before, family) && hasRules(after, family));
  const parts = sides.filter((side) => isPart(side === 'before' ? before : after, shared));
  const differences = differencesOf(before, after, shared);
  const touched = new Set(differences.flatMap((each) => [...touchedPorts(each)]));
  yield;
  const services = compareServices(before.catalog, after.catalog, {
    families: shared,
    onlyShared: parts.length > 0,
    touched,
  });
  yield;
  const changes: Change[] = [...services.changes];
  const notCompared: string[] = [
    ...parts.map((side) => `The state ${side} is a part of a dump: what it does not hold was not compared.`),
    ...families.flatMap((family) => lacking(before, after, family)),
  ];
  let same = 0;
  for (const { before: old, after: now, difference } of differences) {
    if (isEmpty(old.source) || isEmpty(now.source)) continue;
    const { tables, left } = tablesOfBoth(old.source, now.source);
    const found = compareRules(
      { side: 'before', ...old },
      { side: 'after', ...now },
      { tables, difference, samePorts: services.samePorts, parts },
    );
    append(changes, found.changes);
    same += found.same;
    append(notCompared, left);
    yield;
  }
  const native = compareNative(before.sources.nft, after.sources.nft);
  append(changes, native.changes);
  same += native.same;
  append(notCompared, oneSided(before, after));
  const others = changes.some(({ service }) => service === null);
  const ways = yield* compareWays(before, after, {
    families: shared,
    ports: touched,
    others,
    differences,
  });
  append(notCompared, notTraced(ways.left));
  return {
    changes,
    ways: worstFirst(ways.changes),
    modes: otherModes(before, after, shared),
    traffic: trafficBetween(before, after),
    same: { services: services.same, rules: same },
    notCompared,
  };
}

function otherModes(before: Analysis, after: Analysis, shared: readonly Family[]): Comparison['modes'] {
  for (const family of shared) {
    const [old, now] = [before.mode[family].mode, after.mode[family].mode];
    if (old !== null && now !== null && old !== now) return { before: old, after: now };
  }
  return null;
}

function worstFirst(changes: readonly WayChange[]): readonly WayChange[] {
  const kinds: readonly WayChange['kind'][] = ['lost', 'doubted', 'changed', 'mended'];
  return changes.toSorted((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind));
}

function notTraced(frontends: number): readonly string[] {
  if (frontends === 0) return [];
  return [
    `What becomes of packets to ${plural(frontends, 'frontend')} of Services was not compared: there are too many of too many kinds.`,
  ];
}

const sides: readonly Side[] = ['before', 'after'];

function isPart({ sources }: Analysis, shared: readonly Family[]): boolean {
  return shared.some((family) => {
    const source = sources.followed(family);
    return source !== null && partOf(source.ruleset) !== null;
  });
}

function hasRules({ sources }: Analysis, family: Family): boolean {
  return sources.has(family);
}

function isEmpty({ ruleset }: Source): boolean {
  return ruleset.format === 'empty';
}

/** Languages that only one of the two states has rules of: Services are compared all the same. */
function oneSided({ sources: before }: Analysis, { sources: after }: Analysis): readonly string[] {
  const [old, now] = [languagesOf(before), languagesOf(after)];
  return ['iptables', 'nftables']
    .filter((each) => old.includes(each) !== now.includes(each))
    .map(
      (each) =>
        `The rules of ${each} were not compared, but for what they say of Services: only the state ${old.includes(each) ? 'before' : 'after'} has such rules.`,
    );
}

function lacking(before: Analysis, after: Analysis, family: Family): readonly string[] {
  const [old, now] = [hasRules(before, family), hasRules(after, family)];
  if (old === now) return [];
  return [
    `IPv${family} was not compared: ${old ? 'the state after' : 'the state before'} has no rules of it.`,
  ];
}

/** A table that a whole dump lacks is empty; of a part, or a listing of some tables, nothing is known of the others. */
function tablesOfBoth(
  before: Source,
  after: Source,
): { readonly tables: readonly string[]; readonly left: readonly string[] } {
  const [old, now] = [before, after].map(({ ruleset }) => tablesOf(ruleset).map(({ name }) => name));
  const all = [...new Set([...(old ?? []), ...(now ?? [])])];
  const tables = all.filter(
    (table) =>
      (old?.includes(table) === true || showsAll(before)) &&
      (now?.includes(table) === true || showsAll(after)),
  );
  const left = all.filter((table) => !tables.includes(table));
  return {
    tables,
    left: left.map((table) => `Table ${table} was not compared: one of the two does not show it.`),
  };
}

function showsAll({ ruleset }: Source): boolean {
  return ruleset.format === 'save' && partOf(ruleset) === null;
}

function languagesOf(sources: Analysis['sources']): readonly string[] {
  return [
    ...(followedSources(sources).some((source) => !isEmpty(source)) ? ['iptables'] : []),
    ...(sources.nft === null ? [] : ['nftables']),
  ];
}
