/**
 * What `nft -c -f` refuses of a text, in the order of the text: nothing else is told. What hangs on the machine (interfaces,
 * users, names of hosts, what the kernel holds already) is not known and not told. Judged by nft itself
 * (`test/realKernel/nftChecks`).
 */
import type { Ruleset } from '../nodes.ts';
import { checkChain } from './chains.ts';
import { checkNames } from './names.ts';
import { partsOf } from './parts.ts';
import { type NftProblem, Problems } from './problem.ts';
import { checkReserved } from './reserved.ts';
import { checkRule } from './rules.ts';
import { checkObject } from './objects.ts';
import { checkElements, checkSet } from './sets.ts';
import { checkSyntax } from './syntax.ts';
import { World } from './world.ts';

export type { NftProblem } from './problem.ts';

export function problemsOf(ruleset: Ruleset): readonly NftProblem[] {
  const problems = new Problems(ruleset.text);
  checkSyntax(ruleset, problems);
  checkReserved(ruleset, problems);
  const world = new World(ruleset);
  checkNames(ruleset, world, problems);
  for (const part of partsOf(ruleset)) {
    const scope = world.scope(part.table);
    for (const chain of part.chains) checkChain(chain, part.family, problems);
    for (const set of part.sets) checkSet(set, scope, problems);
    for (const object of part.objects) checkObject(object, problems);
    const named =
      part.command?.object === 'element' ? scope.sets.get(part.command.target?.text ?? '') : undefined;
    if (named !== undefined)
      checkElements({ ...named, elements: part.command?.elements ?? [] }, scope, problems);
    for (const { rules, chain } of part.bodies) {
      const check = { family: part.family, scope, hooks: scope.hooksOf(chain), problems };
      for (const rule of rules) checkRule(rule, check);
    }
  }
  return problems.found.toSorted((one, other) => one.start - other.start || one.end - other.end);
}
