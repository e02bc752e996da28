/** Saves what was read of a live node as a folder of plain files. */
import * as vscode from 'vscode';
import { snapshotFiles } from '../../cluster/collect/snapshotFiles.ts';
import { chooseFolder, namesIn, openSnapshot } from '../documents/snapshotFolder.ts';
import { inMessage, visible } from '../plainText.ts';
import type { ClusterHost } from './clusterHost.ts';
import type { NodeDocuments, NodeName } from './nodeDocuments.ts';

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
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, file), new TextEncoder().encode(text));
  }
  void offerToOpen(folder, files.size);
  return folder;
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

/** A file of a snapshot, by its name: `iptables-save.txt`, `ip6-route.json`, `snapshot.json` … */
function isSnapshotFile(name: string): boolean {
  return /^(ip6?tables-save|ipset-save|bridge-link|sysctl|conntrack|nft|ipvsadm-save)\.txt$|^(ip-addr|ip6?-route|ip-rule|objects|snapshot|nft)\.json$/.test(
    name,
  );
}
