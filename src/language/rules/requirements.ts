import type { MatchDefinition, TargetDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Match, Option, Target } from '../../rules/iptables/nodes.ts';
import {
  exclusionsOfMatch,
  exclusionsOfTarget,
  hookBoundExtensions,
  hooksOfOption,
  neededBeside,
  needingOptions,
  needsOfMatch,
  needsOfTarget,
} from './optionTables.ts';
import type { HookBound } from './placement.ts';
import type { TableScope } from './tableScope.ts';

/** A `policy` match repeats its options for each element. */
const repeating: ReadonlySet<string> = new Set(['policy']);

/** Reports a needed option that is missing, one that is given twice, and options that exclude each other. */
export function checkRequirements(
  scope: TableScope,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
): void {
  const isMatch = extension.kind === 'match';
  const needs = (isMatch ? needsOfMatch : needsOfTarget).get(definition.name);
  for (const need of needs ?? []) checkNeed(scope, extension, need);
  const { options } = extension;
  for (const option of options) checkBeside(scope, extension, option);
  if (options.length < 2) return;
  if (!repeating.has(definition.name)) checkOnce(scope, options);
  const exclusions = (isMatch ? exclusionsOfMatch : exclusionsOfTarget).get(definition.name);
  for (const group of exclusions ?? []) checkExclusion(scope, extension, group);
}

/** Keeps in `bound` the options that only some hooks allow. */
export function bindOptions(extension: Match | Target, chain: string, bound: HookBound[]): void {
  const extensionName = canonicalName(extension);
  if (!hookBoundExtensions.has(extensionName)) return;
  for (const { name, definition, values } of extension.options) {
    if (definition === null) continue;
    const key = `${extensionName} ${definition.name}`;
    const hooks = hooksOfOption.get(key) ?? hooksOfOption.get(`${key} ${values[0]?.text ?? ''}`);
    const kind = extension.kind === 'match' ? 'match' : 'target';
    if (hooks !== undefined) bound.push({ chain, word: name, kind, hooks, directOnly: true });
  }
}

/** An option that makes no sense without another. */
function checkBeside({ reporter }: TableScope, extension: Match | Target, option: Option): void {
  const { definition, values } = option;
  if (definition === null || !needingOptions.has(definition.name)) return;
  const value = values[0]?.text;
  const needed = neededBeside.get(value === undefined ? definition.name : `${definition.name} ${value}`);
  if (needed === undefined || has(extension.options, needed)) return;
  const name = value === undefined ? option.name.text : `${option.name.text} ${value}`;
  reporter.report('missing-option', option, { name, options: [needed] });
}

/** Reports the second of two options that exclude each other. */
function checkExclusion({ reporter }: TableScope, extension: Match | Target, group: readonly string[]): void {
  const given = extension.options.filter(
    ({ definition }) => definition !== null && group.includes(definition.name),
  );
  const [first, second] = given;
  if (first === undefined || second === undefined || first.definition === second.definition) return;
  reporter.report(
    'conflicting-options',
    second.name,
    { option: second.name.text, other: first.name.text, name: extension.name.text },
    { related: [{ span: first, message: `${first.name.text} stands here.` }] },
  );
}

function has(options: readonly Option[], name: string): boolean {
  return options.some(({ definition }) => definition?.name === name);
}

function checkNeed({ reporter }: TableScope, extension: Match | Target, need: readonly string[]): void {
  if (!need.some((name) => has(extension.options, name)))
    reporter.report('missing-option', extension.name, { name: extension.name.text, options: need });
}

const none: ReadonlySet<string> = new Set();

/** Reports the second of two options that are the same, but for those named in `except`. */
export function checkOnce(
  { reporter }: TableScope,
  options: readonly Option[],
  except: ReadonlySet<string> = none,
): void {
  for (let index = 1; index < options.length; index++) {
    const option = options[index];
    if (option?.definition === undefined || option.definition === null) continue;
    if (except.has(option.definition.name)) continue;
    const earlier = firstWith(options, index, option.definition);
    if (earlier === null) continue;
    reporter.report(
      'repeated-option',
      option,
      { option: option.name.text },
      { related: [{ span: earlier, message: 'It stands here first.' }] },
    );
  }
}

function firstWith(
  options: readonly Option[],
  before: number,
  definition: Option['definition'],
): Option | null {
  for (let index = 0; index < before; index++) {
    const option = options[index];
    if (option !== undefined && option.definition === definition) return option;
  }
  return null;
}
