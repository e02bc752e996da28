// A file system like that of github.dev: read only, its files behind HTTP. `test-folder:/a/b` is `files/a/b` of the server that
// serves this extension; a folder answers with a list in JSON.
const vscode = require('vscode');

const { File, Directory } = vscode.FileType;

/** Says which of the commands that kube-proxy Explorer declares are not there, and runs two that its menus hide in a browser. */
async function runHiddenCommands() {
  const { packageJSON } = vscode.extensions.getExtension('kube-proxy-explorer.kube-proxy-explorer');
  const registered = new Set(await vscode.commands.getCommands(true));
  const missing = packageJSON.contributes.commands.filter(({ command }) => !registered.has(command));
  const names = missing.map(({ command }) => command).join(', ');
  void vscode.window.showInformationMessage(`Missing commands: ${names === '' ? 'none' : names}.`);
  for (const id of ['kubeProxy.clusters.openRules', 'kubeProxy.rules.openFile']) {
    await vscode.commands.executeCommand(id);
  }
}

exports.activate = ({ extensionUri, subscriptions }) => {
  const ask = async (uri) => {
    const answer = await fetch(vscode.Uri.joinPath(extensionUri, '..', 'files', uri.path).toString(true));
    if (!answer.ok) throw vscode.FileSystemError.FileNotFound(uri);
    const folder = answer.headers.get('content-type') === 'application/json' ? await answer.json() : null;
    return { folder, bytes: folder === null ? new Uint8Array(await answer.arrayBuffer()) : null };
  };
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  const provider = {
    onDidChangeFile: new vscode.EventEmitter().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: async (uri) => {
      const { folder, bytes } = await ask(uri);
      return { type: folder === null ? File : Directory, ctime: 0, mtime: 0, size: bytes?.length ?? 0 };
    },
    readDirectory: async (uri) =>
      ((await ask(uri)).folder ?? []).map(({ name, isFolder }) => [name, isFolder ? Directory : File]),
    readFile: async (uri) => (await ask(uri)).bytes ?? refuse(),
    writeFile: refuse,
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  subscriptions.push(
    vscode.commands.registerCommand('testFolder.runHiddenCommands', runHiddenCommands),
    vscode.workspace.registerFileSystemProvider('test-folder', provider, {
      isReadonly: true,
      isCaseSensitive: true,
    }),
  );
};
