/** A file system that nobody can write to: what its kinds share. */
import * as vscode from 'vscode';

/** Whatever would write throws `NoPermissions`, with the reason that the kind gives. */
export abstract class ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  abstract stat(uri: vscode.Uri): vscode.FileStat | Thenable<vscode.FileStat>;
  abstract readDirectory(
    uri: vscode.Uri,
  ): [string, vscode.FileType][] | Thenable<[string, vscode.FileType][]>;
  abstract readFile(uri: vscode.Uri): Uint8Array | Thenable<Uint8Array>;

  /** Why a file cannot be changed. */
  protected abstract reason(uri: vscode.Uri): string;

  /** Everything is told, watched or not. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  createDirectory(uri: vscode.Uri): never {
    throw this.#readOnly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw this.#readOnly(uri);
  }

  delete(uri: vscode.Uri): never {
    throw this.#readOnly(uri);
  }

  rename(uri: vscode.Uri): never {
    throw this.#readOnly(uri);
  }

  protected changed(files: readonly vscode.Uri[]): void {
    const type = vscode.FileChangeType.Changed;
    if (files.length > 0) this.#changed.fire(files.map((uri) => ({ type, uri })));
  }

  #readOnly(uri: vscode.Uri): Error {
    return vscode.FileSystemError.NoPermissions(this.reason(uri));
  }
}
