/**
 * HOT PATH, written for speed: which rules jump to a chain, for whole tables at once. The target is taken from the end
 * of a rule's line wherever that is safe; only the others are read word by word.
 */
import type { Chain, Rule, Ruleset, Table } from '../iptables/nodes.ts';

/** A rule that jumps or goes to a chain. */
export interface Jump {
  readonly from: Chain;
  readonly rule: Rule;
}

const indexes = new WeakMap<Table, ReadonlyMap<string, readonly Jump[]>>();

/** The rules of `table` that jump to `chain`, in file order. The index is made once per table and goes with it. */
export function jumpsTo(ruleset: Ruleset, table: Table, chain: string): readonly Jump[] {
  return indexed(ruleset, table).get(chain) ?? [];
}

function indexed(ruleset: Ruleset, table: Table): ReadonlyMap<string, readonly Jump[]> {
  let index = indexes.get(table);
  if (index === undefined) {
    index = indexOf(ruleset, table);
    indexes.set(table, index);
  }
  return index;
}

/** The chains that no built-in chain leads to, however many jumps away; in file order. */
export function unreachedChains(ruleset: Ruleset, table: Table): readonly Chain[] {
  const targets = new Map<string, string[]>();
  for (const [target, jumps] of indexed(ruleset, table)) {
    for (const { from } of jumps) {
      const known = targets.get(from.name);
      if (known === undefined) targets.set(from.name, [target]);
      else known.push(target);
    }
  }
  const open = [...table.chains.values()].filter(isBuiltIn).map((chain) => chain.name);
  const reached = new Set(open);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const target of targets.get(name) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return [...table.chains.values()].filter((chain) => !reached.has(chain.name));
}

function isBuiltIn(chain: Chain): boolean {
  return chain.declaration?.policy != null;
}

function indexOf(ruleset: Ruleset, table: Table): ReadonlyMap<string, readonly Jump[]> {
  const index = new Map<string, Jump[]>();
  for (const from of table.chains.values()) {
    for (const rule of from.rules) {
      const target = targetAtEnd(ruleset.text.slice(rule.start, rule.end)) ?? rule.target?.name.text;
      if (target === undefined) continue;
      const jumps = index.get(target);
      if (jumps === undefined) index.set(target, [{ from, rule }]);
      else jumps.push({ from, rule });
    }
  }
  return index;
}

/** `… -j KUBE-SEP-X` → the target, where nothing after it could be something else; null otherwise. */
function targetAtEnd(line: string): string | null {
  const at = line.lastIndexOf(' -j ');
  if (at < 0) return null;
  const target = line.slice(at + ' -j '.length);
  return /^[\w-]+$/u.test(target) ? target : null;
}
