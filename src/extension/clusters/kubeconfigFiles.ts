/** Which kubeconfig files are read: the setting's, those of the Kubernetes extension, or where kubectl looks. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { kubeconfigPaths, thisHost } from '../../cluster/kubeconfigPaths.ts';
import type { KubernetesExtension } from './kubernetesExtension.ts';

/** Null = where kubectl looks. */
export async function kubeconfigFiles(neighbour: KubernetesExtension): Promise<readonly string[] | null> {
  const chosen = vscode.workspace.getConfiguration('kubeProxy.clusters').get<unknown>('kubeconfig');
  const files = Array.isArray(chosen) ? chosen.filter((each) => typeof each === 'string') : [];
  return files.some((file) => file.trim() !== '') ? files : neighbour.kubeconfigFiles();
}

/**
 * Whether there is anything to read: without, the bundle that reads it is not loaded. A file that was named and is not
 * there is something: it is to be said.
 */
export function mayHaveContexts(files: readonly string[] | null): boolean {
  return (
    files !== null || [...kubeconfigPaths(null), thisHost().serviceAccount].some((file) => existsSync(file))
  );
}
