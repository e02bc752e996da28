/**
 * `kube-proxy-sample:/kube-proxy-1.36/iptables-save.txt`: the samples that come with the extension, as a file system that
 * nobody can write to. A file of the extension's own folder opened as such could be edited, and would be lost with an update.
 */
import * as vscode from 'vscode';

export const sampleScheme = 'kube-proxy-sample';

export class SampleFiles implements vscode.FileSystemProvider {
  readonly #root: vscode.Uri;
  readonly #neverFires = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#neverFires.event;

  constructor(root: vscode.Uri) {
    this.#root = root;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
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

  createDirectory(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  delete(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  rename(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  /** `Uri` takes the dots out of a path, so that nothing outside of the samples can be named. */
  #file(uri: vscode.Uri): vscode.Uri {
    const path = vscode.Uri.joinPath(vscode.Uri.from({ scheme: sampleScheme, path: '/' }), uri.path).path;
    return vscode.Uri.joinPath(this.#root, path);
  }
}

function readOnly(uri: vscode.Uri): Error {
  return vscode.FileSystemError.NoPermissions(
    vscode.l10n.t('{0} is a sample and cannot be changed. Save it under another name.', uri.path),
  );
}
