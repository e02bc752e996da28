import { version } from '../../package.json';
import { type Command, type ExitCode, refuse, type Terminal } from './command.ts';
import { readCommandLine, type CommandSpec } from './commandLine.ts';
import {
  checkSpec,
  convertSpec,
  diagnoseSpec,
  diffSpec,
  explainSpec,
  snapshotSpec,
  traceSpec,
  treeSpec,
} from './commands.ts';
import { completionSpec, lspSpec, mcpSpec } from './serverCommands.ts';
import { commandHelp, programHelp } from './help.ts';
import { loadCluster } from './live/loadCluster.ts';
import { progressOn } from './live/progress.ts';
import { askOnTerminal } from './live/question.ts';
import { nearest } from '../text/nearest.ts';
import { Output } from './output.ts';
import { plain, styleOf } from './terminal.ts';

interface KnownCommand {
  readonly spec: CommandSpec;
  /** Reads what the command needs: another one's is never read. */
  readonly load: () => Promise<Command>;
}

/** In the order of the help. */
export const commands: readonly KnownCommand[] = [
  { spec: traceSpec, load: async () => (await import('./traceCommand.ts')).traceCommand },
  { spec: checkSpec, load: async () => (await import('./checkCommand.ts')).checkCommand },
  { spec: treeSpec, load: async () => (await import('./treeCommand.ts')).treeCommand },
  { spec: explainSpec, load: async () => (await import('./explainCommand.ts')).explainCommand },
  { spec: diagnoseSpec, load: async () => (await import('./diagnoseCommand.ts')).diagnoseCommand },
  { spec: diffSpec, load: async () => (await import('./diffCommand.ts')).diffCommand },
  { spec: convertSpec, load: async () => (await import('./convertCommand.ts')).convertCommand },
  { spec: snapshotSpec, load: async () => (await import('./snapshotCommand.ts')).snapshotCommand },
  { spec: mcpSpec, load: async () => (await import('./mcpCommand.ts')).mcpCommand },
  { spec: lspSpec, load: async () => (await import('./lspCommand.ts')).lspCommand },
  {
    spec: completionSpec,
    load: async () => (await import('./completionCommand.ts')).completionCommand(specs()),
  },
];

/** Runs `argv` (without node and script). `instead`: parts of the terminal that are not this process's own. */
export async function run(argv: readonly string[], instead: Partial<Terminal> = {}): Promise<ExitCode> {
  const progress = progressOn(process.stderr);
  const terminal: Terminal = {
    output: instead.output ?? new Output(process.stdout),
    style: styleOf(process.stdout, process.env),
    complain: (message) => {
      progress.clear();
      process.stderr.write(`kube-proxy-explorer: ${plain(message)}\n`);
    },
    progress,
    ask: askOnTerminal,
    loadCluster,
    ...instead,
  };
  const code = await dispatch(argv, terminal);
  const { output } = terminal;
  await output.finish();
  return output.failure === null ? code : refuse(terminal, notWritten(output.failure));
}

function notWritten({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOSPC'
    ? 'The output is cut off: no space is left where it is written (ENOSPC).'
    : `The output is cut off: it cannot be written (${code ?? message}).`;
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    process.stderr.write(programHelp(specs(), styleOf(process.stderr, process.env)));
    return 2;
  }
  if (['--help', '-h', 'help'].includes(name)) return help(rest[0], terminal);
  if (name === '--version') {
    terminal.output.line(version);
    return 0;
  }
  const command = commandNamed(name);
  if (!command) return unknownCommand(name, terminal);
  const line = readCommandLine(command.spec, rest);
  if (line.kind === 'help') return help(name, terminal);
  if (line.kind === 'run') return (await command.load()).run(line.words, terminal);
  terminal.complain(line.message);
  return 2;
}

function help(name: string | undefined, terminal: Terminal): ExitCode {
  const { output, style } = terminal;
  const command = name === undefined ? undefined : commandNamed(name);
  if (name !== undefined && !command) return unknownCommand(name, terminal);
  output.write(command ? commandHelp(command.spec, style) : programHelp(specs(), style));
  return 0;
}

function specs(): readonly CommandSpec[] {
  return commands.map(({ spec }) => spec);
}

function commandNamed(name: string): KnownCommand | undefined {
  return commands.find(({ spec }) => spec.name === name);
}

function unknownCommand(name: string, { complain }: Terminal): ExitCode {
  const names = specs().map((each) => each.name);
  const meant = nearest(name, names);
  const remedy = meant ? `Did you mean "${meant}"?` : `The commands are ${names.join(', ')}.`;
  complain(`There is no command "${name}". ${remedy}`);
  return 2;
}
