/**
 * Commands that need more than a browser. The manifest hides them there; one that is run all the same (a keybinding, another
 * extension) says what it needs.
 */
import * as vscode from 'vscode';
import { command } from './command.ts';

const openSnapshot = 'kubeProxy.clusters.openSnapshot';
const openFile = 'kubeProxy.rules.openFile';

/** All commands of the manifest that are about live clusters, and the one that reads files of the machine. */
export function registerAbsentCommands({ packageJSON }: vscode.Extension<unknown>): vscode.Disposable[] {
  const contributed: readonly { readonly command: string }[] = Object(packageJSON).contributes.commands;
  const ids = contributed.map((each) => each.command);
  return [
    ...ids.filter(isLive).map((id) => command(id, sayOfClusters)),
    command(openFile, () => {
      const message = vscode.l10n.t(
        'Rules of any size are read by VS Code on the desktop or in a remote window. A browser alone opens files of up to 50 MiB: open it as any other file.',
      );
      void vscode.window.showInformationMessage(message);
    }),
  ];
}

function isLive(id: string): boolean {
  if (id === openSnapshot) return false;
  return /^kubeProxy\.(clusters?|explorer)\./.test(id) || id === 'kubeProxy.rules.openServiceYaml';
}

function sayOfClusters(): void {
  const open = vscode.l10n.t('Open Snapshot…');
  const message = vscode.l10n.t(
    'Live clusters need VS Code on the desktop or in a remote window: a browser alone reaches no cluster and runs no program. Save a snapshot of a node there, and open its folder here.',
  );
  void vscode.window.showInformationMessage(message, open).then((chosen) => {
    if (chosen === open) void vscode.commands.executeCommand(openSnapshot);
  });
}
