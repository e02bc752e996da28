/**
 * `kube-proxy-sample:/kube-proxy-1.36/iptables-save.txt`: the samples that come with the extension, as a file system that
 * nobody can write to. A file of the extension's own folder opened as such could be edited, and would be lost with an update.
 */
import * as vscode from 'vscode';
import { ReadOnlyFiles } from './readOnlyFiles.ts';

/** The scheme of the samples' documents, which the manifest names too (`onFileSystem:`). */
export const sampleScheme = 'kube-proxy-sample';

/** The samples below `root`. A path that is not among them is not found. */
export class SampleFiles extends ReadOnlyFiles {
  readonly #root: vscode.Uri;

  constructor(root: vscode.Uri) {
    super();
    this.#root = root;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const stat = await vscode.workspace.fs.stat(this.#file(uri));
    return { ...stat, permissions: vscode.FilePermission.Readonly };
  }

  readDirectory(uri: vscode.Uri): Thenable<[string, vscode.FileType][]> {
    return vscode.workspace.fs.readDirectory(this.#file(uri));
  }

  readFile(uri: vscode.Uri): Thenable<Uint8Array> {
    return vscode.workspace.fs.readFile(this.#file(uri));
  }

  protected override reason(uri: vscode.Uri): string {
    return vscode.l10n.t('{0} is a sample and cannot be changed. Save it under another name.', uri.path);
  }

  /** `Uri` takes the dots out of a path, so that nothing outside of the samples can be named. */
  #file(uri: vscode.Uri): vscode.Uri {
    const path = vscode.Uri.joinPath(vscode.Uri.from({ scheme: sampleScheme, path: '/' }), uri.path).path;
    return vscode.Uri.joinPath(this.#root, path);
  }
}
