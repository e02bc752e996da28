/** Which rules a document belongs to: itself, or the rules file of the snapshot that it lies in. */
import * as vscode from 'vscode';
import { liveScheme, type LiveAddress } from '../../protocol/liveUri.ts';
import { excerptScheme, readExcerptQuery } from '../../protocol/excerptUri.ts';
import { inMessage } from '../plainText.ts';
import { beside, liveAddress } from './snapshotUris.ts';

/** The language id of rules of iptables, as the manifest has it. */
export const rulesLanguage = 'iptables';

/** Of all languages of rules. That of nftables is not `nft`, which an extension that others have installed uses. */
export const rulesLanguages: readonly string[] = [rulesLanguage, 'nftables', 'ipvsadm'];

/**
 * IPv4 first: a snapshot of both families is shown by its IPv4 rules, which lead to the others; one that has only another
 * backend's rules by those.
 */
export const rulesFiles: readonly string[] = [
  'iptables-save.txt',
  'ip6tables-save.txt',
  'iptables-legacy-save.txt',
  'ip6tables-legacy-save.txt',
  'iptables-nft-save.txt',
  'ip6tables-nft-save.txt',
];

/** Whether VS Code takes a document for rules: by its name, its first lines, or the user's choice. */
export function isRules(document: vscode.TextDocument): boolean {
  return rulesLanguages.includes(document.languageId);
}

/** Null when there are none. `objects.json` → `iptables-save.txt` beside it. */
export async function rulesOf(document: vscode.TextDocument): Promise<vscode.Uri | null> {
  if (isRules(document)) return wholeOf(document.uri);
  return mayBeSnapshotFile(document.uri) ? rulesBeside(document.uri) : null;
}

/** The file of which a document shows a chain; of any other document its own URI. */
export function wholeOf(uri: vscode.Uri): vscode.Uri {
  const file = uri.scheme === excerptScheme ? readExcerptQuery(uri.query)?.file : undefined;
  return file === undefined ? uri : vscode.Uri.parse(file, true);
}

function mayBeSnapshotFile(uri: vscode.Uri): boolean {
  return uri.scheme === liveScheme || /\.(json|txt)$/.test(uri.path);
}

async function rulesBeside(file: vscode.Uri): Promise<vscode.Uri | null> {
  for (const name of rulesFiles) {
    const uri = beside(file, name);
    if (await exists(uri)) return uri;
  }
  return null;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever keeps us from seeing it, we cannot show it.
    return false;
  }
}

/** `iptables-save.txt` says little, its folder is the node: `node-1/iptables-save.txt`; `node-1 · kind-dev` for a live one. */
export function documentName(uri: vscode.Uri): string {
  const live = liveAddress(uri);
  if (live !== null) return liveName(live);
  const [folder, name] = uri.path.split('/').slice(-2);
  if (name === undefined || name === '') return uri.path;
  return folder !== undefined && folder !== '' && rulesFiles.includes(name) ? `${folder}/${name}` : name;
}

/** The same node's IPv6 rules are told from its IPv4 rules by the family. */
function liveName({ context, node, file }: LiveAddress): string {
  const family = file !== null && file.startsWith('ip6tables-') ? [vscode.l10n.t('IPv6')] : [];
  return [...(node === null ? [] : [node]), context, ...family].map(inMessage).join(' · ');
}

/** The open dumps, the one looked at first. */
export function openRules(): readonly vscode.Uri[] {
  const active = vscode.window.activeTextEditor?.document;
  const documents = vscode.workspace.textDocuments.filter(isRules);
  return documents.sort((a, b) => Number(b === active) - Number(a === active)).map(({ uri }) => uri);
}

/** The open dumps that have an editor: VS Code keeps a document for a while when its editor is closed. */
export function rulesInTabs(): readonly vscode.Uri[] {
  return openRules().filter((uri) => isOpenInTab(uri.toString()));
}

/** Whether an editor shows the document, or its other side in a comparison. */
export function isOpenInTab(uri: string): boolean {
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => {
      if (input instanceof vscode.TabInputText) return input.uri.toString() === uri;
      return input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri;
    }),
  );
}
