/** `mcp`: the engine for agents, over standard input and output. */
import { defineCommand } from './command.ts';
import { mcpSpec } from './serverCommands.ts';
import { serveMcp } from './mcp/serve.ts';

export const mcpCommand = defineCommand({
  spec: mcpSpec,
  read: (words) => ({ allowed: words.lists.get('allow-context') ?? [] }),
  run: async ({ allowed }, terminal) => {
    await serveMcp(allowed, terminal);
    return 0;
  },
});
