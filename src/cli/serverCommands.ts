/** Commands that work on no rules of their own: servers for other programs, and words for the shell. */
import type { CommandSpec } from './commandLine.ts';

export const mcpSpec: CommandSpec = {
  name: 'mcp',
  summary: 'a server for agents (Model Context Protocol) on standard input and output',
  operands: [],
  node: 'never',
  description: [
    'Gives agents the tools read_rules, list_services, trace, explain, check, diagnose and compare, over files and snapshot ' +
      'folders that they name. Nothing is written or changed. A live cluster is read only where a person allows its context: ' +
      'here, or in the answer to a question that the client shows.',
  ],
  options: [
    {
      name: 'allow-context',
      value: 'NAME',
      help: 'a context of the kubeconfig that agents may read without a question; may be given several times',
      many: true,
    },
  ],
  examples: [
    { command: 'mcp', says: 'as the command of a server in the settings of an agent' },
    { command: 'mcp --allow-context dev', says: 'with the nodes of one cluster' },
  ],
  exitCodes: ['0  standard input ended', '2  a word is wrong'],
};

export const lspSpec: CommandSpec = {
  name: 'lsp',
  summary: 'the language server for any editor (Neovim, Helix, Emacs, Zed …)',
  operands: [],
  node: 'never',
  description: [
    'Speaks the Language Server Protocol on standard input and output: diagnostics, hovers, completion, outline, definitions, ' +
      "references, renaming, fixes. A snapshot's other files beside the rules are read. README.md shows the settings of editors.",
  ],
  options: [{ name: 'stdio', value: null, help: 'on standard input and output, which is the only way' }],
  examples: [
    { command: 'lsp --stdio', says: 'as the command of a language server in the settings of an editor' },
  ],
  exitCodes: ['0  the editor ended it', '1  its input ended before it said so', '2  a word is wrong'],
};

export const completionSpec: CommandSpec = {
  name: 'completion',
  summary: 'completes commands and options in bash, zsh or fish',
  operands: ['SHELL'],
  node: 'never',
  description: ['Prints the completion of this program for SHELL: bash, zsh or fish.'],
  options: [],
  examples: [
    { command: 'source <(kube-proxy-explorer completion bash)', says: 'in ~/.bashrc' },
    { command: 'source <(kube-proxy-explorer completion zsh)', says: 'in ~/.zshrc, behind compinit' },
    { command: 'kube-proxy-explorer completion fish | source', says: 'in config.fish' },
  ],
  exitCodes: ['0  printed', '2  there is no such shell'],
};
