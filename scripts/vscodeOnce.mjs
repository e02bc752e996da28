// Of `import * as vscode from 'vscode'` esbuild makes a copy of that module, name by name, in each file that says it: a third of
// the time that activation took. VS Code gives all files of an extension the same module, so that each can hold it itself.
import { readFile } from 'node:fs/promises';

const imported = /^import \* as vscode from 'vscode';$/m;

/** The module of VS Code as it is given, in files of src/extension. */
export const vscodeOnce = {
  name: 'vscode once',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]src[\\/]extension[\\/].*\.ts$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      return { contents: contents.replace(imported, "const vscode = require('vscode');"), loader: 'ts' };
    }),
};
