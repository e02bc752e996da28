/**
 * `kube-proxy-held:/1/ip-a.txt`: texts that no file system has, because they came from the clipboard or were dropped by a
 * browser. They are held in memory until the window closes, and never written.
 */
import * as vscode from 'vscode';
import { ReadOnlyFiles } from './readOnlyFiles.ts';

export const heldScheme = 'kube-proxy-held';

/** So many are held; then those that came first go. */
const MOST = 200;

export class HeldTexts extends ReadOnlyFiles {
  readonly #bytes = new Map<string, Uint8Array>();
  #last = 0;

  /** Its address from now on. */
  hold(name: string, bytes: Uint8Array): vscode.Uri {
    const path = `/${++this.#last}/${encodeURIComponent(name)}`;
    this.#bytes.set(path, bytes);
    for (const first of [...this.#bytes.keys()].slice(0, -MOST)) this.#bytes.delete(first);
    return vscode.Uri.from({ scheme: heldScheme, path });
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { length: size } = this.readFile(uri);
    const permissions = vscode.FilePermission.Readonly;
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size, permissions };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const bytes = this.#bytes.get(uri.path);
    if (bytes === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  }

  protected override reason(): string {
    return vscode.l10n.t('This text is held for the rules, and cannot be changed.');
  }
}

/** What a user calls it: `ip-a.txt`. */
export function fileName(uri: vscode.Uri): string {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return uri.scheme === heldScheme ? decodeURIComponent(name) : name;
}
