/** `completion SHELL`: made of the descriptions of all commands. */
import { type Command, defineCommand, misuse } from './command.ts';
import type { CommandSpec } from './commandLine.ts';
import { completionFor, shells } from './completionScript.ts';
import { completionSpec } from './serverCommands.ts';

/** `specs`: all commands of the program. */
export function completionCommand(specs: readonly CommandSpec[]): Command {
  return defineCommand({
    spec: completionSpec,
    read: ({ operands }) => {
      const shell = shells.find((each) => each === operands[0]);
      return shell === undefined ? misuse(`completion knows ${shells.join(', ')}.`) : { shell };
    },
    run: ({ shell }, { output }) => {
      output.write(completionFor(shell, specs));
      return Promise.resolve(0);
    },
  });
}
