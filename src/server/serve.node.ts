/** The language server on streams of this process. */
import { type Connection, createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { collectGarbage } from './collect.node.ts';
import { createServer } from './createServer.ts';
import { lifecycleOptions } from './lifecycle.ts';
import { type EditorCommands, noCommands, ourCommands } from './links.ts';
import { readFile } from './readFile.node.ts';
import { siblingsOnDisk } from './siblings.node.ts';

/** Serves our extension, over what the arguments of this process say (`--stdio`), until it ends it. */
export function serveByArguments(): void {
  serve(createConnection(ProposedFeatures.all, lifecycleOptions()), ourCommands);
}

/** Serves any other editor at standard input and output, until it ends it. */
export function serveStdio(): void {
  const connection = createConnection(
    ProposedFeatures.all,
    process.stdin,
    process.stdout,
    lifecycleOptions(),
  );
  serve(connection, noCommands);
}

function serve(connection: Connection, commands: EditorCommands): void {
  createServer(connection, { readFile, collectGarbage, siblingsOnDisk }, commands);
}
