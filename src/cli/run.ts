import { version } from '../../package.json';
import { readCommandLine, type Arguments, type CommandSpec } from './commandLine.ts';
import { checkSpec, commandSpecs, explainSpec, snapshotSpec, traceSpec, treeSpec } from './commands.ts';
import { checkCommand } from './checkCommand.ts';
import { explainCommand } from './explainCommand.ts';
import { commandHelp, programHelp } from './help.ts';
import type { InterruptedCode } from './live/interruption.ts';
import { loadCluster, type LoadCluster } from './live/loadCluster.ts';
import { progressOn, type Progress } from './live/progress.ts';
import { askOnTerminal, type Ask } from './live/question.ts';
import { nearest } from './nearest.ts';
import { Output } from './output.ts';
import { snapshotCommand } from './snapshotCommand.ts';
import { plain, styleOf, type Style } from './terminal.ts';
import { traceCommand } from './traceCommand.ts';
import { treeCommand } from './treeCommand.ts';

/** 0: done; 1: done, and something is wrong with what was asked about; 2: it could not be done; more: interrupted. */
export type ExitCode = 0 | 1 | 2 | InterruptedCode;

/** What a command talks to. */
export interface Terminal {
  readonly output: Output;
  readonly style: Style;
  /** To standard error; may hold anything. */
  readonly complain: (message: string) => void;
  /** What goes on, while a cluster is asked. */
  readonly progress: Progress;
  readonly ask: Ask;
  readonly loadCluster: LoadCluster;
}

type Command = (given: Arguments, terminal: Terminal) => Promise<ExitCode>;

const commands: ReadonlyMap<CommandSpec, Command> = new Map([
  [traceSpec, traceCommand],
  [checkSpec, checkCommand],
  [treeSpec, treeCommand],
  [explainSpec, explainCommand],
  [snapshotSpec, snapshotCommand],
]);

/** Runs `argv` (without node and script). `instead`: parts of the terminal that are not this process's own. */
export async function run(argv: readonly string[], instead: Partial<Terminal> = {}): Promise<ExitCode> {
  const progress = progressOn(process.stderr);
  const terminal: Terminal = {
    output: new Output(process.stdout),
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
  await terminal.output.flush();
  return code;
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    process.stderr.write(programHelp(styleOf(process.stderr, process.env)));
    return 2;
  }
  if (['--help', '-h', 'help'].includes(name)) return help(rest[0], terminal);
  if (name === '--version') {
    terminal.output.line(version);
    return 0;
  }
  const spec = commandSpecs.find((each) => each.name === name);
  const command = spec && commands.get(spec);
  if (!command) return unknownCommand(name, terminal);
  const line = readCommandLine(spec, rest);
  if (line.kind === 'help') return help(name, terminal);
  if (line.kind === 'run') return command(line.arguments, terminal);
  terminal.complain(line.message);
  return 2;
}

function help(name: string | undefined, terminal: Terminal): ExitCode {
  const { output, style } = terminal;
  const spec = commandSpecs.find((each) => each.name === name);
  if (name !== undefined && !spec) return unknownCommand(name, terminal);
  output.write(spec ? commandHelp(spec, style) : programHelp(style));
  return 0;
}

function unknownCommand(name: string, { complain }: Terminal): ExitCode {
  const names = commandSpecs.map((each) => each.name);
  const meant = nearest(name, names);
  const remedy = meant ? `Did you mean "${meant}"?` : `The commands are ${names.join(', ')}.`;
  complain(`There is no command "${name}". ${remedy}`);
  return 2;
}
