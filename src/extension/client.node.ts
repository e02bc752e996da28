/** The language client of a server that is a process of its own. */
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { type ClientHost, connectBy, type Connection, type MakeClient } from './client.ts';
import { machineWords } from './machine.node.ts';
import { versionLine } from './versionLine.ts';

/** Rejects when the process does not start. */
export function connectProcess(context: vscode.ExtensionContext, host: ClientHost): Promise<Connection> {
  const module = context.asAbsolutePath('dist/server.js');
  // Node's own channel between processes would hold this one up several times longer for a dump of 20 MB.
  const program = { module, transport: TransportKind.stdio };
  const make: MakeClient = (id, name, options) => new LanguageClient(id, name, program, options);
  return connectBy(make, host, versionLine(context.extension, ...machineWords()));
}
