/**
 * The extension's entry. Activation registers what VS Code may ask for and loads nothing more: the language client and
 * the server start with the first dump that is opened, or the first question about one.
 */
import * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { TracePacket } from './commands/tracePacket.ts';
import { CurrentRules } from './documents/currentRules.ts';
import { isRules } from './documents/rulesDocument.ts';
import { SampleFiles, sampleScheme } from './documents/sampleFiles.ts';
import { TracePanels } from './panels/tracePanels.ts';
import { reportFailure } from './reportFailure.ts';
import { RulesServer } from './rulesServer.ts';
import { RulesStatus } from './statusItem.ts';
import { RulesView } from './views/rulesView.ts';

/** What the tests inside of VS Code look at. */
export interface ExtensionApi {
  readonly server: RulesServer;
  readonly view: RulesView;
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const samples = vscode.Uri.joinPath(context.extensionUri, 'media', 'samples');
  const server = new RulesServer(context);
  const current = new CurrentRules();
  const view = new RulesView(server, current, context.workspaceState);
  const panels = new TracePanels(context.extensionUri, server);
  const status = new RulesStatus(server);
  const trace = new TracePacket(server, current, panels);
  const options = { isCaseSensitive: true, isReadonly: true };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(sampleScheme, new SampleFiles(samples), options),
    ...registerCommands({ server, current, view, trace }),
    startWithFirstRules(server, status),
    view,
    panels,
    status,
    current,
    server,
  );
  void current.follow();
  return { server, view };
}

/** Starts the server when a dump is open, now or later. */
function startWithFirstRules(server: RulesServer, status: RulesStatus): vscode.Disposable {
  const start = (): void => {
    if (server.started) return;
    server.start().then(() => status.update(), reportFailure);
  };
  if (vscode.workspace.textDocuments.some(isRules)) start();
  return vscode.workspace.onDidOpenTextDocument((document) => {
    if (isRules(document)) start();
  });
}
