/** Check Every Node: the command line's `check --all-nodes` in a terminal of this window, which shows how far it is and ends with it. */
import { join } from 'node:path';
import * as vscode from 'vscode';

/** Runs it as a task, whose terminal stays open when it is done. `kubeconfig`: as the Clusters view reads it. */
export async function checkEveryNode(context: string, kubeconfig: readonly string[] | null): Promise<void> {
  const program = join(__dirname, 'cli.js');
  const files = (kubeconfig ?? []).map((file) => `--kubeconfig=${file}`);
  const words = [program, 'check', `--context=${context}`, '--all-nodes', ...files];
  // This process is Node, or Electron that can be: nobody has to have installed one.
  const execution = new vscode.ProcessExecution(process.execPath, words, {
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const title = vscode.l10n.t('Check every node of {0}', context);
  const task = new vscode.Task(
    { type: 'process' },
    vscode.TaskScope.Workspace,
    title,
    'kube-proxy',
    execution,
    [],
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
  };
  await vscode.tasks.executeTask(task);
}
