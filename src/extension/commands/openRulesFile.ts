/** Rules of any size: read by the server itself, and shown one chain at a time. */
import * as vscode from 'vscode';
import type { HeldFile } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { inMessage } from '../plainText.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';

/** What is to be done with a file. */
export interface RulesFileTargets {
  readonly server: RulesServer;
  readonly current: CurrentRules;
}

/** Asks for a file unless one is given, has the server read it, and shows its tree. */
export async function openRulesFile(targets: RulesFileTargets, given?: vscode.Uri): Promise<void> {
  const uri = given ?? (await chooseFile());
  if (uri === undefined) return;
  if (uri.scheme !== 'file') {
    const message = vscode.l10n.t(
      '{0} is no file of this machine. Save it as one first, then open that.',
      uri.path,
    );
    void vscode.window.showInformationMessage(inMessage(message));
    return;
  }
  const held = await read(targets.server, uri);
  if (held === null) return;
  if (held.kind === 'refused') {
    void vscode.window.showErrorMessage(inMessage(held.why));
    return;
  }
  targets.current.show(uri);
  await vscode.commands.executeCommand('kubeProxy.rules.focus');
  if (held.problem !== null) void vscode.window.showWarningMessage(inMessage(held.problem));
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Rules of Any Size'),
    openLabel: vscode.l10n.t('Open'),
    canSelectMany: false,
  });
  return chosen?.[0];
}

/** Null when the user takes it back. */
function read(server: RulesServer, uri: vscode.Uri): Promise<HeldFile | null> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const title = vscode.l10n.t('Reading {0}', inMessage(name));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, token) => readWith(server, uri, progress, token)),
  );
}

async function readWith(
  server: RulesServer,
  uri: vscode.Uri,
  progress: vscode.Progress<{ readonly increment: number }>,
  token: vscode.CancellationToken,
): Promise<HeldFile | null> {
  let before = 0;
  const listener = server.onDidReadPiece((piece) => {
    if (piece.uri !== uri.toString()) return;
    progress.report({ increment: (piece.done - before) * 100 });
    before = piece.done;
  });
  try {
    return await server.hold(uri, token);
  } catch (error) {
    if (error instanceof RequestCancelled) return null;
    throw error;
  } finally {
    listener.dispose();
  }
}
