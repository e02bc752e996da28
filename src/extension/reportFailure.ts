import * as vscode from 'vscode';
import { inMessage } from './plainText.ts';
import { RequestCancelled } from './rulesServer.ts';

/** Says what went wrong and offers what helps. Something taken back is not a failure. */
export function reportFailure(error: unknown): void {
  if (error instanceof RequestCancelled) return;
  void offerHelp(error instanceof Error ? error.message : String(error));
}

async function offerHelp(reason: string): Promise<void> {
  const restart = vscode.l10n.t('Restart Language Server');
  const showLog = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t('kube-proxy Explorer: {0}', inMessage(reason));
  const chosen = await vscode.window.showErrorMessage(message, restart, showLog);
  if (chosen === restart) await vscode.commands.executeCommand('kubeProxy.server.restart');
  if (chosen === showLog) await vscode.commands.executeCommand('kubeProxy.server.showLog');
}
