/** The text of any file that VS Code can reach. */
import * as vscode from 'vscode';

/** Null where there is no such file, or it is a folder. */
export type TextRead = { readonly text: string } | { readonly problem: string } | null;

/** An open editor's text wins over what is on the disk. A file over `most` bytes is not read: it would pass through this process as one string. */
export async function readText(uri: vscode.Uri, most: number): Promise<TextRead> {
  const key = uri.toString();
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === key);
  if (open !== undefined) return { text: open.getText() };
  try {
    const { size, type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.File) === 0) return null;
    if (size > most) return { problem: tooLarge(uri, size, most) };
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { text: await vscode.workspace.decode(bytes, { uri }) };
  } catch (error) {
    if (isMissing(error)) return null;
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: vscode.l10n.t('{0} is not used: it cannot be read ({1}).', uri.path, reason) };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}

function tooLarge(uri: vscode.Uri, size: number, most: number): string {
  return vscode.l10n.t(
    '{0} is not used: it has {1} MiB, more than the {2} MiB that are read.',
    uri.path,
    mebibytes(size),
    mebibytes(most),
  );
}

function mebibytes(bytes: number): string {
  return Math.round(bytes / 1024 / 1024).toLocaleString();
}
