/** The language client of a server that is a worker of the browser. */
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { type ClientHost, connectBy, type Connection, type MakeClient } from './client.ts';
import { versionLine } from './versionLine.ts';

/** Rejects when the worker does not start. */
export async function connectWorker(
  { extension, extensionUri }: vscode.ExtensionContext,
  host: ClientHost,
): Promise<Connection> {
  const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'dist', 'web', 'server.js').toString(true));
  try {
    const make: MakeClient = (id, name, options) => new LanguageClient(id, name, worker, options);
    const connected = connectBy(make, host, versionLine(extension));
    const connection = await Promise.race([connected, failureOf(worker)]);
    const stop = async (): Promise<void> => {
      await connection.stop();
      worker.terminate();
    };
    return { ...connection, stop };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** Rejects when the worker cannot be loaded, or throws: nobody would answer then. */
function failureOf(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(vscode.l10n.t('The language server does not start: {0}', message)));
    });
  });
}
