/** `lsp`: the language server for any editor, over standard input and output. */
import { serveStdio } from '../server/serve.node.ts';
import { defineCommand, type ExitCode } from './command.ts';
import { lspSpec } from './serverCommands.ts';

export const lspCommand = defineCommand({
  spec: lspSpec,
  read: () => ({}),
  run: () => {
    serveStdio();
    // The editor ends it: the connection leaves the process when "exit" comes, or its input ends.
    return new Promise<ExitCode>(() => undefined);
  },
});
