/** A snapshot: the folder of plain files of one node, wherever VS Code can read it. */
import * as vscode from 'vscode';
import { openLive } from './openLive.ts';
import { rulesFiles } from './rulesDocument.ts';

/** Opens the rules of a snapshot's folder. */
export async function openSnapshot(from?: vscode.Uri): Promise<void> {
  const folder = from ?? (await chooseFolder(vscode.l10n.t('Open Snapshot'), 'open'));
  if (folder === null) return;
  const names = await namesIn(folder);
  const file = [...rulesFiles, 'nft.txt'].find((each) => names.has(each));
  if (file === undefined) {
    throw new Error(
      vscode.l10n.t(
        '{0} is no snapshot: it has no iptables-save.txt. Choose the folder of one node.',
        folder.path,
      ),
    );
  }
  const document = await openLive(vscode.Uri.joinPath(folder, file));
  await vscode.window.showTextDocument(document, { preview: false });
}

/** Null when the user takes it back. */
export async function chooseFolder(title: string, act: 'save' | 'open'): Promise<vscode.Uri | null> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: act === 'save' ? vscode.l10n.t('Save Here') : vscode.l10n.t('Open'),
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    })) ?? [];
  return folder ?? null;
}

/** None where there is no such folder yet. */
export async function namesIn(folder: vscode.Uri): Promise<ReadonlySet<string>> {
  try {
    return new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return new Set();
    throw error;
  }
}
