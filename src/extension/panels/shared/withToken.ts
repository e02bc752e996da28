import * as vscode from 'vscode';
import type { Cancellation } from '../../../protocol/rpc.ts';

/** Runs with a token that is cancelled when the page takes its request back. */
export async function withToken<Result>(
  cancellation: Cancellation,
  run: (token: vscode.CancellationToken) => Promise<Result>,
): Promise<Result> {
  const source = new vscode.CancellationTokenSource();
  cancellation.onCancel(() => source.cancel());
  try {
    return await run(source.token);
  } finally {
    source.dispose();
  }
}
