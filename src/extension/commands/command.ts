import * as vscode from 'vscode';
import { reportClusterFailure } from '../clusters/reportClusterFailure.ts';

/** Registers a command of the manifest. A failure is said once, here, in the words it came with. */
export function command(id: string, run: (...args: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: never[]) => {
    try {
      return await run(...args);
    } catch (error) {
      reportClusterFailure(error, null);
      return undefined;
    }
  });
}
