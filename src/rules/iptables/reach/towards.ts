/** The packets that get from a hook to a rule, if nothing on the way takes them: sets that are rather too large. */
import type { Family } from '../../../values/address.ts';
import { builtInChains } from '../builtInChains.ts';
import type { Chain, Rule, Table } from '../nodes.ts';
import { packetsOf, type Space, spaceOf } from './asked.ts';
import { type Cube, meet } from './cube.ts';
import { Interfaces } from './interfaces.ts';
import { startOf } from './walk.ts';

/** One way to a rule. */
export interface Towards {
  readonly hook: string;
  /** The jumps, from the hook on, and the rule itself. */
  readonly rules: readonly Rule[];
  /** The chain of that rule. */
  readonly chain: Chain;
  readonly packets: Cube;
}

export interface JumpTo {
  readonly from: Chain;
  readonly rule: Rule;
}

/** Ways that are looked for, and jumps of each. */
const MOST_WAYS = 6;
const MOST_JUMPS = 12;
const MOST_LOOKED = 400;

/** Shorter ways first; none where nothing leads there, or only what contradicts itself. `jumps`: who jumps to a chain. */
export function waysTo(
  table: Table,
  chain: Chain,
  rule: Rule,
  { family, jumps }: { readonly family: Family; readonly jumps: (chain: string) => readonly JumpTo[] },
): { readonly space: Space; readonly ways: readonly Towards[] } {
  const open: { readonly at: Chain; readonly rules: readonly Rule[] }[] = [{ at: chain, rules: [rule] }];
  const found: { readonly hook: string; readonly rules: readonly Rule[] }[] = [];
  for (let looked = 0; looked < MOST_LOOKED && found.length < MOST_WAYS; looked++) {
    const next = open.shift();
    if (next === undefined) break;
    const { at, rules } = next;
    if (builtInChains.get(table.name)?.has(at.name) === true) found.push({ hook: at.name, rules });
    if (rules.length > MOST_JUMPS) continue;
    for (const jump of jumps(at.name).slice(0, MOST_LOOKED)) {
      if (!rules.includes(jump.rule)) open.push({ at: jump.from, rules: [jump.rule, ...rules] });
    }
  }
  const space = spaceOf(table.name, family, new Interfaces(found.flatMap(({ rules }) => rules)));
  return { space, ways: found.flatMap((way) => packetsOn({ ...way, chain }, space)) };
}

function packetsOn({ hook, rules, chain }: Omit<Towards, 'packets'>, space: Space): readonly Towards[] {
  let packets: Cube | null = startOf(hook);
  for (const rule of rules) {
    const { cube } = packetsOf(rule, space);
    packets = packets === null || cube === null ? null : meet(packets, cube);
  }
  return packets === null ? [] : [{ hook, rules, chain, packets }];
}
