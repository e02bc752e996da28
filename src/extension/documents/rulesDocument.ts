/** Which rules a document belongs to: itself, or the rules file of the snapshot that it lies in. */
import * as vscode from 'vscode';

export const rulesLanguage = 'iptables';

/** IPv4 first: a snapshot of both families is shown by its IPv4 rules, which lead to the others. */
const rulesFiles = ['iptables-save.txt', 'ip6tables-save.txt'];

export function isRules(document: vscode.TextDocument): boolean {
  return document.languageId === rulesLanguage;
}

/** Null when there are none. `objects.json` → `iptables-save.txt` beside it. */
export async function rulesOf(document: vscode.TextDocument): Promise<vscode.Uri | null> {
  if (isRules(document)) return document.uri;
  return mayBeSnapshotFile(document.uri) ? rulesIn(vscode.Uri.joinPath(document.uri, '..')) : null;
}

function mayBeSnapshotFile(uri: vscode.Uri): boolean {
  return /\.(json|txt)$/.test(uri.path);
}

async function rulesIn(folder: vscode.Uri): Promise<vscode.Uri | null> {
  for (const name of rulesFiles) {
    const uri = vscode.Uri.joinPath(folder, name);
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

/** `iptables-save.txt` says little, its folder is the node: `node-1/iptables-save.txt`. */
export function documentName(uri: vscode.Uri): string {
  const [folder, name] = uri.path.split('/').slice(-2);
  if (name === undefined || name === '') return uri.path;
  return folder !== undefined && folder !== '' && rulesFiles.includes(name) ? `${folder}/${name}` : name;
}

/** The open dumps, the one looked at first. */
export function openRules(): readonly vscode.Uri[] {
  const active = vscode.window.activeTextEditor?.document;
  const documents = vscode.workspace.textDocuments.filter(isRules);
  return documents.sort((a, b) => Number(b === active) - Number(a === active)).map(({ uri }) => uri);
}
