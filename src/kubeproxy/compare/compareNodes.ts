/** Compares the rules of two states: of one node before and after, or of two nodes. */
import { partOf } from '../../rules/iptables/parts/part.ts';
import { append } from '../../text/lists.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { families, tablesOf } from '../rulesets.ts';
import type { Source } from '../sources.ts';
import type { Change, Comparison, Side } from './change.ts';
import { compareRules } from './rules.ts';
import { compareServices } from './services.ts';
import { touchedPorts } from './touched.ts';

/** The order of Services' rules and the hashes in chains' names do not count. Objects do not either, but for names. */
export function compareNodes(before: Analysis, after: Analysis): Comparison {
  const shared = families.filter((family) => hasRules(before, family) && hasRules(after, family));
  const parts = sides.filter((side) => isPart(side === 'before' ? before : after, shared));
  const services = compareServices(before.catalog, after.catalog, {
    families: shared,
    onlyShared: parts.length > 0,
    touched: new Set(shared.flatMap((family) => [...touchedIn(before, after, family)])),
  });
  const changes: Change[] = [...services.changes];
  const notCompared: string[] = [
    ...parts.map((side) => `The state ${side} is a part of a dump: what it does not hold was not compared.`),
    ...families.flatMap((family) => lacking(before, after, family)),
  ];
  let same = 0;
  for (const family of shared) {
    const [old, now] = [before.sources.followed(family), after.sources.followed(family)];
    if (old === null || now === null) continue;
    const { tables, left } = tablesOfBoth(old, now);
    const found = compareRules(
      { side: 'before', analysis: before, source: old },
      { side: 'after', analysis: after, source: now },
      { tables, samePorts: services.samePorts, parts },
    );
    append(changes, found.changes);
    same += found.same;
    append(notCompared, left);
  }
  return { changes, same: { services: services.same, rules: same }, notCompared };
}

function touchedIn(before: Analysis, after: Analysis, family: Family): Iterable<string> {
  const [old, now] = [before.sources.followed(family), after.sources.followed(family)];
  if (old === null || now === null) return [];
  return touchedPorts({ analysis: before, source: old }, { analysis: after, source: now });
}

const sides: readonly Side[] = ['before', 'after'];

function isPart({ sources }: Analysis, shared: readonly Family[]): boolean {
  return shared.some((family) => {
    const source = sources.followed(family);
    return source !== null && partOf(source.ruleset) !== null;
  });
}

function hasRules({ sources }: Analysis, family: Family): boolean {
  return sources.followed(family) !== null;
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
