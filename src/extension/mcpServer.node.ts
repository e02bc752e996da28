/** The engine for language models as a server of the Model Context Protocol, over files. */
import * as vscode from 'vscode';

/** The command line's `mcp`, run by VS Code's own Node. It reads files that an agent names; a person is asked before a cluster is. */
export function registerMcpServer(context: vscode.ExtensionContext): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const { version }: { version: string } = context.extension.packageJSON;
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.lm.registerMcpServerDefinitionProvider('kubeProxy.mcp', {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => {
        if (!vscode.workspace.isTrusted) return [];
        const program = context.asAbsolutePath('dist/cli.js');
        const environment = { ELECTRON_RUN_AS_NODE: '1' };
        return [
          new vscode.McpStdioServerDefinition(
            'kube-proxy Explorer',
            process.execPath,
            [program, 'mcp'],
            environment,
            version,
          ),
        ];
      },
    }),
  );
}
