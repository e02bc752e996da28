/**
 * `kube-proxy-sample:/kube-proxy-1.36/iptables-save.txt`: the samples that come with the extension, as a file system that
 * nobody can write to. A file of the extension's own folder opened as such could be edited, and would be lost with an update.
 */
import * as vscode from 'vscode';
import { ReadOnlyFiles } from './readOnlyFiles.ts';

/**
 * Path below `media/samples` → size in bytes of each file there. The build writes it: in a browser the extension's own files
 * can be fetched, and neither listed nor asked for their size.
 */
declare const SAMPLES: Readonly<Record<string, number>>;

/** The scheme of the samples' documents, which the manifest names too (`onFileSystem:`). */
export const sampleScheme = 'kube-proxy-sample';

/** The samples below `root`. A path that is not among them is not found. */
export class SampleFiles extends ReadOnlyFiles {
  readonly #root: vscode.Uri;

  constructor(root: vscode.Uri) {
    super();
    this.#root = root;
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const path = pathOf(uri);
    const size = Object.hasOwn(SAMPLES, path) ? SAMPLES[path] : undefined;
    const permissions = vscode.FilePermission.Readonly;
    if (size !== undefined) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size, permissions };
    this.readDirectory(uri);
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0, permissions };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const folder = pathOf(uri);
    const start = folder === '' ? '' : `${folder}/`;
    const below = Object.keys(SAMPLES).filter((path) => path.startsWith(start));
    if (below.length === 0) throw vscode.FileSystemError.FileNotFound(uri);
    const found = new Map<string, vscode.FileType>();
    for (const path of below) {
      const [name = '', ...more] = path.slice(start.length).split('/');
      found.set(name, more.length === 0 ? vscode.FileType.File : vscode.FileType.Directory);
    }
    return [...found];
  }

  readFile(uri: vscode.Uri): Thenable<Uint8Array> {
    const path = pathOf(uri);
    if (!Object.hasOwn(SAMPLES, path)) throw vscode.FileSystemError.FileNotFound(uri);
    return vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.#root, path));
  }

  protected override reason(uri: vscode.Uri): string {
    return vscode.l10n.t('{0} is a sample and cannot be changed. Save it under another name.', uri.path);
  }
}

/** `Uri` takes the dots out of a path, so that nothing outside of the samples can be named. */
function pathOf(uri: vscode.Uri): string {
  return vscode.Uri.joinPath(vscode.Uri.from({ scheme: sampleScheme, path: '/' }), uri.path).path.slice(1);
}
