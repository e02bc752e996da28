/** A command described as data: the reader of arguments, the help and the "did you mean" all come from it. */
import { parseArgs } from 'node:util';
import { liveOptions, namesNode } from './liveOptions.ts';
import { nearest } from '../text/nearest.ts';
import { orList } from '../text/orList.ts';
import type { OptionSpec } from './optionSpec.ts';

interface Example {
  readonly command: string;
  readonly says: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** In order: `RULES`, `CHAIN`. All are required. */
  readonly operands: readonly string[];
  /** Whether a node of a live cluster may stand in place of RULES (or AFTER), always must be what it works on, or cannot be named. */
  readonly node: 'inPlaceOfRules' | 'always' | 'never';
  /** An option that stands in place of the last operand. */
  readonly inPlaceOfLast?: string;
  /** An option that, with a live node, stands in place of all operands. */
  readonly inPlaceOfAll?: string;
  readonly description: readonly string[];
  /** Its own; the options of liveOptions.ts come on top. */
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly string[];
}

/** The words of one command, checked against its specification; `given.ts` makes typed values of them. */
export interface Words {
  readonly operands: readonly string[];
  /** Of each option the last value. */
  readonly values: ReadonlyMap<string, string>;
  /** Of the options that may be given several times, all values. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
  /** Whether the rules are those of a live node: there is no RULES among the operands then. */
  readonly live: boolean;
  /** What follows `--` where the rules are those of a live node: a command of the user's own. */
  readonly command: readonly string[];
}

export type CommandLine =
  | { readonly kind: 'run'; readonly words: Words }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads `argv` (what follows the command's name). A wrong word is answered with what was most likely meant. */
export function readCommandLine(spec: CommandSpec, argv: readonly string[]): CommandLine {
  const options = optionsOf(spec);
  const operands: string[] = [];
  const behindDashes: string[] = [];
  const values = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const switches = new Set<string>();
  let terminated = false;
  let taking: OptionSpec | null = null;
  for (const token of tokensOf(options, argv)) {
    if (token.kind === 'option-terminator') {
      terminated = true;
      continue;
    }
    if (token.kind === 'positional') {
      if (taking !== null && !terminated && operands.length >= wantedOperands(spec, values, switches)) {
        lists.set(taking.name, [...(lists.get(taking.name) ?? []), token.value]);
        continue;
      }
      (terminated ? behindDashes : operands).push(token.value);
      continue;
    }
    if (token.name === 'help') return { kind: 'help' };
    const option = options.find((each) => each.name === token.name);
    taking = option?.takesMore === true ? option : null;
    const message = option
      ? valueProblem(option, token.value, token.inlineValue)
      : unknownOption(spec, token.rawName);
    if (message) return { kind: 'wrong', message };
    if (token.value === undefined) switches.add(token.name);
    else values.set(token.name, token.value);
    if (token.value !== undefined && option?.many) {
      lists.set(token.name, [...(lists.get(token.name) ?? []), token.value]);
    }
  }
  const live = isLive(spec, values, switches);
  if (!live) operands.push(...behindDashes);
  const given: Words = { operands, values, lists, switches, live, command: live ? behindDashes : [] };
  const message = operandProblem(spec, given) ?? liveProblem(spec, given);
  return message ? { kind: 'wrong', message } : { kind: 'run', words: given };
}

function isLive(
  spec: CommandSpec,
  values: ReadonlyMap<string, string>,
  switches: ReadonlySet<string>,
): boolean {
  return (
    spec.node === 'always' ||
    namesNode.some((name) => values.has(name)) ||
    spec.options.some(({ name, isLive: saysSo }) => saysSo === true && switches.has(name))
  );
}

/** How many operands are wanted, as far as the words that were read say. */
function wantedOperands(
  spec: CommandSpec,
  values: ReadonlyMap<string, string>,
  switches: ReadonlySet<string>,
): number {
  return operandsOf(spec, values, switches).length;
}

/** Those that are wanted. */
function operandsOf(
  spec: CommandSpec,
  values: ReadonlyMap<string, string>,
  switches: ReadonlySet<string>,
): readonly string[] {
  if (isLive(spec, values, switches)) {
    const isAlone = spec.inPlaceOfAll !== undefined && values.has(spec.inPlaceOfAll);
    return isAlone ? [] : spec.operands.filter((each) => !givesRules(each));
  }
  const isReplaced = spec.inPlaceOfLast !== undefined && values.has(spec.inPlaceOfLast);
  return isReplaced ? spec.operands.slice(0, -1) : spec.operands;
}

/** Whether a live node can stand in the place of an operand. */
function givesRules(operand: string): boolean {
  return operand === 'RULES' || operand === 'AFTER';
}

/** A command's own options, and those of a live node, where it can have one. */
export function optionsOf(spec: CommandSpec): readonly OptionSpec[] {
  return spec.node === 'never' ? spec.options : [...spec.options, ...liveOptions];
}

function tokensOf(options: readonly OptionSpec[], argv: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(options.map((each) => [each.name, parseType(each)])),
      help: { type: 'boolean', short: 'h' },
    },
  });
  return tokens;
}

function parseType(option: OptionSpec): { type: 'string' | 'boolean' } {
  return { type: option.value === null ? 'boolean' : 'string' };
}

function unknownOption(spec: CommandSpec, given: string): string {
  const meant = nearest(given.replace(/^-+/, ''), [...optionsOf(spec).map((each) => each.name), 'help']);
  return `${spec.name} has no option ${given}. ${meant ? `Did you mean --${meant}?` : `"${spec.name} --help" lists them.`}`;
}

function valueProblem(
  option: OptionSpec,
  value: string | undefined,
  inline: boolean | undefined,
): string | null {
  const name = `--${option.name}`;
  if (option.value === null) return value === undefined ? null : `${name} is a switch and takes no value.`;
  if (value === undefined || (!inline && /^--[a-z]/.test(value))) {
    return `${name} needs a value: ${name} ${option.choices?.join('|') ?? option.value}.`;
  }
  if (!option.choices || option.choices.includes(value)) return null;
  const meant = nearest(value, option.choices);
  return `${name} cannot be "${value}". ${meant ? `Did you mean "${meant}"?` : `Use ${orList(option.choices)}.`}`;
}

function operandProblem(spec: CommandSpec, { operands, live, values, switches }: Words): string | null {
  const wanted = operandsOf(spec, values, switches);
  const missing = wanted[operands.length];
  if (missing) return `${spec.name} needs ${missing}: ${usage(spec)}`;
  const extra = operands[wanted.length];
  if (extra === undefined) return null;
  if (live && spec.operands.some(givesRules)) {
    const option = namesNode.find((name) => values.has(name)) ?? 'all-nodes';
    return `--${option} takes the rules from a live node, so "${operands.at(-1)}" cannot name rules too: leave out one of them.`;
  }
  if (wanted.length === 0) return `${spec.name} takes options only, and "${extra}" is none.`;
  return `${spec.name} takes ${wanted.join(' and ')} only, and "${extra}" is one too many.`;
}

/** Options of a live node where there is none, and of a file where a node stands in its place. */
function liveProblem(spec: CommandSpec, { live, switches, values }: Words): string | null {
  if (!live) {
    const stray = liveOptions.find(({ name }) => switches.has(name));
    return stray ? `--${stray.name} is for a live node: say which with --context NAME --node NODE.` : null;
  }
  const ofFile = spec.options.find((each) => each.ofFile === true && values.has(each.name));
  if (ofFile !== undefined)
    return `--${ofFile.name} is for a file, and a live node's rules are read as they are now: save them with "snapshot", and name the file.`;
  return switches.has('yes') && !switches.has('debug-pod')
    ? '--yes answers the question that --debug-pod asks: give both, or none.'
    : null;
}

/** `trace (RULES | --context NAME --node NODE) [options]` */
export function usage(spec: CommandSpec): string {
  const operands = spec.operands.map((each) =>
    givesRules(each) ? `(${each} | --context NAME --node NODE)` : each,
  );
  const node = spec.node === 'always' ? ['--context NAME --node NODE'] : [];
  return `kube-proxy-explorer ${[spec.name, ...node, ...operands, '[options]'].join(' ')}`;
}
