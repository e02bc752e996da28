/** Which kubeconfig files are read: the setting's, those of the Kubernetes extension, or where kubectl looks. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { KubernetesExtension } from './kubernetesExtension.ts';

/** Null = where kubectl looks. */
export async function kubeconfigFiles(neighbour: KubernetesExtension): Promise<readonly string[] | null> {
  const chosen = vscode.workspace.getConfiguration('kubeProxy.clusters').get<unknown>('kubeconfig');
  const files = Array.isArray(chosen) ? chosen.filter((each) => typeof each === 'string') : [];
  if (files.some((file) => file.trim() !== '')) return files.map((file) => expandHome(file.trim()));
  return neighbour.kubeconfigFiles();
}

/** `~/.kube/dev` → `/home/me/.kube/dev` */
function expandHome(file: string): string {
  return /^~([/\\]|$)/.test(file) ? join(homedir(), file.slice(1)) : file;
}

/**
 * Whether there is anything to read: without, the bundle that reads it is not loaded. A file that was named and is not
 * there is something: it is to be said.
 */
export function mayHaveContexts(files: readonly string[] | null): boolean {
  if (namedFiles(files).length > 0) return true;
  return [usualFile(), '/var/run/secrets/kubernetes.io/serviceaccount/token'].some((file) =>
    existsSync(file),
  );
}

/** The paths whose change changes the contexts, whether there is a file or not. */
export function watchedFiles(files: readonly string[] | null): readonly string[] {
  const named = namedFiles(files);
  return named.length > 0 ? named : [usualFile()];
}

/** Those of the caller, else of KUBECONFIG. */
function namedFiles(files: readonly string[] | null): readonly string[] {
  if (files !== null && files.length > 0) return files;
  return (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
}

function usualFile(): string {
  return join(homedir(), '.kube', 'config');
}
