import * as vscode from 'vscode';
import { ClusterFailure } from '../../cluster/failure.ts';
import { isRules, rulesLanguage } from './rulesDocument.ts';
import { liveAddress } from './snapshotUris.ts';
import { MOST_HANDED_OVER } from './vscodeLimits.ts';

/** The document of a live node or a snapshot, as rules where it holds rules. Rejects with a `ClusterFailure` where VS Code hands none over. */
export async function openLive(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_HANDED_OVER) throw new ClusterFailure('tooLarge', tooLarge(size));
  const document = await vscode.workspace.openTextDocument(uri);
  const holdsRules = /^ip6?tables-save\.txt$/.test(liveAddress(uri)?.file ?? '');
  if (!holdsRules || isRules(document)) return document;
  return vscode.languages.setTextDocumentLanguage(document, rulesLanguage);
}

/** What is said of a file of `size` bytes that VS Code shows and hands to no extension. */
export function tooLarge(size: number): string {
  return vscode.l10n.t(
    'This file has {0} MiB, and VS Code hands nothing over 50 MiB to extensions: there are no tree and no traces of it here. The command line has them: kube-proxy-explorer.',
    Math.round(size / 1024 / 1024).toLocaleString(),
  );
}
