/** Saves what was read of a live node as a folder of plain files, and opens such a folder. */
import * as vscode from 'vscode';
import { snapshotFiles } from '../../cluster/collect/snapshotFiles.ts';
import { rulesFiles } from '../documents/rulesDocument.ts';
import { inMessage, visible } from '../plainText.ts';
import type { ClusterHost } from './clusterHost.ts';
import { openLive, type NodeDocuments, type NodeName } from './nodeDocuments.ts';

/** Null when the user takes it back. Rejects with a `ClusterFailure` when the node cannot be read. */
export async function saveSnapshot(
  host: ClusterHost,
  documents: NodeDocuments,
  name: NodeName,
  into?: vscode.Uri,
): Promise<vscode.Uri | null> {
  const collected = await documents.held(name);
  const folder =
    into ?? (await chooseFolder(vscode.l10n.t('Save Snapshot of {0}', visible(name.node)), 'save'));
  if (folder === null) return null;
  const opened = await host.open(name.context);
  const objects = await opened.session.objects(new AbortController().signal);
  const files = snapshotFiles(collected, objects);
  const there = await namesIn(folder);
  const replaced = [...there].filter((file) => files.has(file) || isSnapshotFile(file));
  if (replaced.length > 0 && !(await mayReplace(folder, replaced))) return null;
  // What an earlier snapshot held and this one does not would be taken for a part of this one.
  for (const file of replaced) {
    if (!files.has(file))
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, file), { useTrash: true });
  }
  for (const [file, text] of files) {
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, file), Buffer.from(text));
  }
  void offerToOpen(folder, files.size);
  return folder;
}

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

async function chooseFolder(title: string, act: 'save' | 'open'): Promise<vscode.Uri | null> {
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

async function mayReplace(folder: vscode.Uri, files: readonly string[]): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const message = vscode.l10n.t('{0} holds a snapshot already. Replace it?', folder.path);
  const detail = vscode.l10n.t('Replaced or removed: {0}', files.join(', '));
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, replace)) === replace;
}

async function offerToOpen(folder: vscode.Uri, count: number): Promise<void> {
  const open = vscode.l10n.t('Open Snapshot');
  const message = vscode.l10n.t('{0} files are in {1}.', count, inMessage(folder.path));
  if ((await vscode.window.showInformationMessage(message, open)) === open) await openSnapshot(folder);
}

/** None where there is no such folder yet. */
async function namesIn(folder: vscode.Uri): Promise<ReadonlySet<string>> {
  try {
    return new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return new Set();
    throw error;
  }
}

/** A file of a snapshot, by its name: `iptables-save.txt`, `ip6-route.json`, `snapshot.json` … */
function isSnapshotFile(name: string): boolean {
  return /^(ip6?tables-save|ipset-save|bridge-link|sysctl|conntrack|nft|ipvsadm-save)\.txt$|^(ip-addr|ip6?-route|ip-rule|objects|snapshot|nft)\.json$/.test(
    name,
  );
}
