import type {
  MatchDefinition,
  OptionDefinition,
  TargetDefinition,
} from '../../rules/iptables/catalogue/definitions.ts';
import type { Match, Option, Target } from '../../rules/iptables/nodes.ts';
import type { HookBound } from './placement.ts';
import type { TableScope } from './tableScope.ts';

/** Reports a needed option that is missing, one that is given twice, and options that exclude each other. */
export function checkRequirements(
  scope: TableScope,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
): void {
  const { options } = extension;
  for (const need of definition.needs) checkNeed(scope, extension, need);
  for (const option of options) checkBeside(scope, extension, option);
  if (options.length < 2) return;
  if (!definition.repeats) checkOnce(scope, options);
  for (const group of definition.excludes) checkExclusion(scope, extension, group);
}

/** Keeps in `bound` the options that only some hooks allow. */
export function bindOptions(extension: Match | Target, chain: string, bound: HookBound[]): void {
  for (const { name, definition, values } of extension.options) {
    if (definition === null || definition.hooks === null) continue;
    const hooks = isHooks(definition.hooks) ? definition.hooks : ofValue(definition.hooks, values);
    const kind = extension.kind === 'match' ? 'match' : 'target';
    if (hooks !== undefined) bound.push({ chain, word: name, kind, hooks, directOnly: true });
  }
}

/** What the catalogue says of the value that an option has; a hostile one may be called like what every object has. */
function ofValue<Said>(said: Readonly<Record<string, Said>>, values: Option['values']): Said | undefined {
  const value = values[0]?.text ?? '';
  return Object.hasOwn(said, value) ? said[value] : undefined;
}

function isHooks(hooks: NonNullable<OptionDefinition['hooks']>): hooks is readonly string[] {
  return Array.isArray(hooks);
}

/** An option that makes no sense without another. */
function checkBeside({ reporter }: TableScope, extension: Match | Target, option: Option): void {
  const { definition, values } = option;
  if (definition === null || definition.needs === null) return;
  const { needs } = definition;
  const needed = typeof needs === 'string' ? needs : ofValue(needs, values);
  if (needed === undefined || has(extension.options, needed)) return;
  const byItsValue = typeof needs !== 'string' && values[0] !== undefined;
  const name = byItsValue ? `${option.name.text} ${values[0]?.text ?? ''}` : option.name.text;
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
