/** The language server in a worker of the browser, for our extension. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';
import { createServer } from './createServer.ts';
import type { Machine } from './heldFiles.ts';
import { lifecycleOptions } from './lifecycle.ts';
import { ourCommands } from './links.ts';

/** A worker has no files, and a browser collects when it likes. */
const noMachine: Machine = {
  readFile: () =>
    Promise.resolve({ kind: 'refused', why: 'cannot be read: a browser alone has no files of a machine.' }),
  collectGarbage: () => undefined,
  siblingsOnDisk: () => Promise.resolve(new Map()),
};

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(
  ProposedFeatures.all,
  new BrowserMessageReader(self),
  new BrowserMessageWriter(self),
  lifecycleOptions(),
);
createServer(connection, noMachine, ourCommands);
