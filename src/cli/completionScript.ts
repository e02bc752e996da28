/** Shell completion, written from the commands' descriptions: all of its words are our own. */
import { type CommandSpec, optionsOf } from './commandLine.ts';
import type { OptionSpec } from './optionSpec.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

const PROGRAM = 'kube-proxy-explorer';

export function completionFor(shell: Shell, specs: readonly CommandSpec[]): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
  return `${scripts[shell](specs).join('\n')}\n`;
}

function optionsWithHelp(spec: CommandSpec): readonly OptionSpec[] {
  return [...optionsOf(spec), { name: 'help', value: null, help: 'what the command does' }];
}

/** What may stand where an operand does: words of its own, else files. */
function operandWords({ operands }: CommandSpec): readonly string[] | null {
  return operands[0] === 'SHELL' ? shells : null;
}

function bashScript(specs: readonly CommandSpec[]): readonly string[] {
  const names = specs.map(({ name }) => name).join(' ');
  return [
    '_kube_proxy_explorer() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${names} --help --version' -- "$current"))`,
    '    return',
    '  fi',
    '  case "${COMP_WORDS[1]} $before" in',
    ...specs.flatMap((spec) => optionsOf(spec).flatMap((option) => bashValue(spec, option))),
    '  esac',
    '  case "${COMP_WORDS[1]} $current" in',
    ...specs.flatMap(bashWords),
    '    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;',
    '  esac',
    '}',
    `complete -o filenames -F _kube_proxy_explorer ${PROGRAM} kubectl-kube_proxy_explorer`,
  ];
}

function bashWords(spec: CommandSpec): readonly string[] {
  const options = optionsWithHelp(spec).map(({ name }) => `--${name}`);
  const operands = operandWords(spec);
  return [
    `    '${spec.name} -'*) ${bashOffers(options)}`,
    ...(operands === null ? [] : [`    '${spec.name} '*) ${bashOffers(operands)}`]),
  ];
}

function bashOffers(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")) ;;`;
}

function bashValue({ name }: CommandSpec, option: OptionSpec): readonly string[] {
  if (option.value === null) return [];
  const made = option.choices === undefined ? '-f' : `-W '${option.choices.join(' ')}'`;
  return [`    '${name} --${option.name}') COMPREPLY=($(compgen ${made} -- "$current")); return ;;`];
}

function zshScript(specs: readonly CommandSpec[]): readonly string[] {
  return [
    `#compdef ${PROGRAM} kubectl-kube_proxy_explorer`,
    '_kube_proxy_explorer() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a commands=(',
    ...specs.map(({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`),
    '    )',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case $words[2] in',
    ...specs.flatMap((spec) => [
      `    ${spec.name})`,
      '      shift words; (( CURRENT-- ))',
      `      _arguments -s : \\`,
      ...optionsWithHelp(spec).map((option) => `        ${quoted(zshOption(option))} \\`),
      `        ${quoted(zshOperand(spec))}`,
      '      ;;',
    ]),
    '  esac',
    '}',
    `compdef _kube_proxy_explorer ${PROGRAM} kubectl-kube_proxy_explorer`,
  ];
}

function zshOption({ name, value, help, choices, many }: OptionSpec): string {
  const words = help.replaceAll(/[[\]:\\]/gu, '\\$&');
  const taken =
    value === null
      ? ''
      : `:${value.toLowerCase()}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`;
  return `${many === true ? '*' : ''}--${name}[${words}]${taken}`;
}

function zshOperand(spec: CommandSpec): string {
  const operands = operandWords(spec);
  return `*:${spec.operands[0]?.toLowerCase() ?? 'word'}:${operands === null ? '_files' : `(${operands.join(' ')})`}`;
}

function fishScript(specs: readonly CommandSpec[]): readonly string[] {
  const complete = `complete -c ${PROGRAM}`;
  const first = `${complete} -n __fish_use_subcommand -f`;
  return [
    ...specs.map(({ name, summary }) => `${first} -a ${name} -d ${quoted(summary)}`),
    ...specs.flatMap((spec) => {
      const within = `${complete} -n '__fish_seen_subcommand_from ${spec.name}'`;
      const operands = operandWords(spec);
      return [
        ...(operands === null ? [] : [`${within} -f -a '${operands.join(' ')}'`]),
        ...optionsWithHelp(spec).map(
          (option) => `${within} -l ${option.name}${fishValue(option)} -d ${quoted(option.help)}`,
        ),
      ];
    }),
  ];
}

function fishValue({ value, choices }: OptionSpec): string {
  if (value === null) return '';
  return choices === undefined ? ' -r' : ` -x -a '${choices.join(' ')}'`;
}

/** For all three shells: a word in which nothing is expanded. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
