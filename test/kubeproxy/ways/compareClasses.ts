/** What each frontend's own traces say, beside those of the first one of its class. */
import { Budget } from '../../../src/kernel/budget.ts';
import { normalAddress } from '../../../src/values/address.ts';
import { finish } from '../../../src/values/steps.ts';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { families } from '../../../src/kubeproxy/rulesets.ts';
import type { Member } from '../../../src/kubeproxy/ways/classes/members.ts';
import { classesIn, frontendOf } from '../../../src/kubeproxy/ways/everyWay.ts';
import { endsOf } from '../../../src/kubeproxy/ways/ways.ts';

export interface Comparison {
  /** Frontends that were held against another one of their class. */
  readonly compared: number;
  /** Ways of those that do not get where they should. */
  readonly ended: number;
  readonly classes: number;
  readonly alone: number;
  readonly differences: readonly string[];
}

/** Of large classes only each `every`th member. */
export function compareClasses(analysis: Analysis, every = 1): Comparison {
  const differences: string[] = [];
  let [compared, ended, count, single] = [0, 0, 0, 0];
  for (const family of families) {
    const { classes, alone } = finish(classesIn(analysis, family));
    count += classes.length;
    single += alone.length;
    for (const [first, ...others] of classes) {
      if (first === undefined) continue;
      const of = waysTo(first, analysis);
      ended += of.filter((way) => isEnded.test(way)).length;
      for (const [index, other] of others.entries()) {
        if (index % every !== 0) continue;
        compared++;
        const own = waysTo(other, analysis);
        if (own.join('\n') !== of.join('\n'))
          differences.push(`${nameOf(first)}: ${of.join(', ')}\n${nameOf(other)}: ${own.join(', ')}`);
      }
    }
  }
  return { compared, ended, classes: count, alone: single, differences };
}

/** It has a kind of cause. */
const isEnded = /"(?:stopped|nowhere|reply)"/;

function nameOf({ name, address, port }: Member): string {
  return `${name} ${address === null ? '' : normalAddress(address)}:${port}`;
}

function waysTo(member: Member, analysis: Analysis): readonly string[] {
  const found = frontendOf(member, analysis);
  if (found === null) return ['no frontend'];
  const ends = finish(endsOf(found.port, found.frontend, analysis, new Budget(1e9)));
  return ends.map(({ vantage, cause, isMeant, hiddenBy }) => {
    const { kind, key, isAll, at } = cause ?? {};
    return JSON.stringify([
      found.frontend.kind,
      found.frontend.fate,
      vantage,
      isMeant,
      hiddenBy?.span.start ?? null,
      kind,
      key,
      isAll,
      at?.span.start ?? null,
    ]);
  });
}
