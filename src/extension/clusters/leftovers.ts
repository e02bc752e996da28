import * as vscode from 'vscode';
import { isClusterFailure } from '../../cluster/failure.ts';
import { inMessage } from '../plainText.ts';
import type { ClusterLog } from './clusterLog.ts';
import type { OpenContext } from './openContext.ts';

/** Deletes the debug Pods that a window left which ended before it could; says how many there were. */
export async function removeLeftovers(opened: OpenContext, log: ClusterLog): Promise<void> {
  try {
    await opened.listed();
    const removed = await opened.session.removeLeftovers(new AbortController().signal);
    if (removed === 0) return;
    const name = inMessage(opened.name);
    const message =
      removed === 1
        ? vscode.l10n.t('A debug Pod that an earlier window left in {0} was removed.', name)
        : vscode.l10n.t('{0} debug Pods that an earlier window left in {1} were removed.', removed, name);
    log.info(message);
    void vscode.window.showInformationMessage(message);
  } catch (error) {
    // The rows say when the cluster cannot be reached; who may not list Pods has left none.
    if (!isClusterFailure(error)) throw error;
    if (error.kind !== 'cancelled') log.failure(opened.name, error);
  }
}
