/** A command described as data: the reader of arguments, the help and the "did you mean" all come from it. */
import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';

interface OptionSpec {
  /** Without dashes: `from`. */
  readonly name: string;
  /** What stands for the value in the help (`ADDRESS`); null for a switch. */
  readonly value: string | null;
  readonly help: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
}

interface Example {
  readonly command: string;
  readonly says: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** In order: `RULES`, `CHAIN`. All are required. */
  readonly operands: readonly string[];
  readonly description: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly string[];
}

/** The arguments of one command, checked against its specification. */
export interface Arguments {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly arguments: Arguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads `argv` (what follows the command's name). A wrong word is answered with what was most likely meant. */
export function readCommandLine(spec: CommandSpec, argv: readonly string[]): CommandLine {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(spec.options.map((each) => [each.name, parseType(each)])),
      help: { type: 'boolean', short: 'h' },
    },
  });
  const operands: string[] = [];
  const values = new Map<string, string>();
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      operands.push(token.value);
      continue;
    }
    if (token.name === 'help') return { kind: 'help' };
    const option = spec.options.find((each) => each.name === token.name);
    const message = option
      ? valueProblem(option, token.value, token.inlineValue)
      : unknownOption(spec, token.rawName);
    if (message) return { kind: 'wrong', message };
    if (token.value === undefined) switches.add(token.name);
    else values.set(token.name, token.value);
  }
  const message = operandProblem(spec, operands);
  return message ? { kind: 'wrong', message } : { kind: 'run', arguments: { operands, values, switches } };
}

function parseType(option: OptionSpec): { type: 'string' | 'boolean' } {
  return { type: option.value === null ? 'boolean' : 'string' };
}

function unknownOption(spec: CommandSpec, given: string): string {
  const meant = nearest(given.replace(/^-+/, ''), [...spec.options.map((each) => each.name), 'help']);
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
  return `${name} cannot be "${value}". ${meant ? `Did you mean "${meant}"?` : `Use ${option.choices.join(' or ')}.`}`;
}

function operandProblem(spec: CommandSpec, operands: readonly string[]): string | null {
  const missing = spec.operands[operands.length];
  if (missing) return `${spec.name} needs ${missing}: ${usage(spec)}`;
  const extra = operands[spec.operands.length];
  return extra === undefined
    ? null
    : `${spec.name} takes ${spec.operands.join(' and ')} only, and "${extra}" is one too many.`;
}

/** `trace RULES [options]` */
export function usage(spec: CommandSpec): string {
  return `kube-proxy-explorer ${[spec.name, ...spec.operands, '[options]'].join(' ')}`;
}
