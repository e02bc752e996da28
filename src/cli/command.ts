/** What a command is to the program: a description as data, a reader of its words, and what it does. */
import type { CommandSpec, Words } from './commandLine.ts';
import type { InterruptedCode } from './live/interruption.ts';
import type { LoadCluster } from './live/loadCluster.ts';
import type { Progress } from './live/progress.ts';
import type { Ask } from './live/question.ts';
import type { Output } from './output.ts';
import type { Style } from './terminal.ts';

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

/** Words that do not go together, or of which one is missing: what is wrong, and what to do. */
export interface Misuse {
  readonly kind: 'misuse';
  readonly message: string;
}

interface CommandParts<Given> {
  readonly spec: CommandSpec;
  /** The words as typed values. Pure: no file is looked at. */
  readonly read: (words: Words) => Given | Misuse;
  readonly run: (given: Given, terminal: Terminal) => Promise<ExitCode>;
}

export interface Command {
  readonly spec: CommandSpec;
  readonly run: (words: Words, terminal: Terminal) => Promise<ExitCode>;
}

/** Joins a command's parts. Words that its reader refuses are told on standard error, with code 2. */
export function defineCommand<Given extends object>({ spec, read, run }: CommandParts<Given>): Command {
  return {
    spec,
    run: async (words, terminal) => {
      const given = read(words);
      return isMisuse(given) ? refuse(terminal, given.message) : run(given, terminal);
    },
  };
}

export function misuse(message: string): Misuse {
  return { kind: 'misuse', message };
}

function isMisuse(given: object): given is Misuse {
  return 'kind' in given && given.kind === 'misuse';
}

/** Tells what could not be done, and gives the exit code for that. */
export function refuse({ complain }: Terminal, message: string): ExitCode {
  complain(message);
  return 2;
}
