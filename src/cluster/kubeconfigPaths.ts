/** Where kubeconfig files lie. Reads none of them. */
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** What reading depends on; tests give their own. */
export interface KubeconfigHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where a Pod finds its service account. */
  readonly serviceAccount: string;
}

/** This process and its user. */
export const thisHost = (): KubeconfigHost => ({
  env: process.env,
  home: homedir(),
  serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount',
});

/** The files of a setting, else of $KUBECONFIG, else ~/.kube/config, whether they are there or not; `~` is the user's home. */
export function kubeconfigPaths(named: readonly string[] | null, host = thisHost()): readonly string[] {
  const fromEnvironment = (host.env['KUBECONFIG'] ?? '').split(delimiter);
  const files = (named ?? fromEnvironment).map((file) => file.trim()).filter((file) => file !== '');
  if (files.length === 0 && named === null) return [join(host.home, '.kube', 'config')];
  return [...new Set(files.map((file) => resolve(file.replace(/^~(?=[/\\]|$)/, host.home))))];
}
