/**
 * Kubeconfig files, merged as kubectl merges them: of two entries with one name the first file's wins, and the first
 * file that says so chooses the current context. Nothing is contacted and nothing is run here.
 *
 * Instead of client-node's KubeConfig, which knows no `tokenFile` and of impersonation only the user, takes a file of
 * words for an empty one, and two entries of one name for an error.
 */
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { withoutPasswords } from '../../text/passwords.ts';
import type { ClusterContext, Contexts } from '../contexts.ts';
import { type KubeconfigHost, kubeconfigPaths, thisHost } from '../kubeconfigPaths.ts';
import { inClusterConfig } from './inCluster.ts';
import { type Entry, type Kubeconfig, textField } from './kubeconfigEntries.ts';

/**
 * The files of a setting, else of $KUBECONFIG, else ~/.kube/config, else the Pod's own service account. A file that is not
 * there is skipped, as kubectl does, unless the setting names it; a broken one is a problem and the others still serve.
 */
export async function readKubeconfig(
  named: readonly string[] | null,
  host: KubeconfigHost = thisHost(),
): Promise<Kubeconfig> {
  const merged = new Merged();
  for (const file of kubeconfigPaths(named, host)) await merged.add(file, named !== null);
  if (named !== null || merged.contexts.size > 0 || merged.problems.length > 0) return merged;
  return (await inClusterConfig(host)) ?? merged;
}

/** The contexts in their order of appearance. */
export function contextsOf(config: Kubeconfig): Contexts {
  const problems = [...config.problems];
  const contexts = [...config.contexts.values()].map(({ name, value }): ClusterContext => {
    const cluster = textField(value, 'cluster') ?? '';
    const user = textField(value, 'user') ?? '';
    const server = textField(config.clusters.get(cluster)?.value ?? {}, 'server');
    if (server === null)
      problems.push(`The context ${name} names the cluster ${cluster}, which is not there.`);
    if (user !== '' && !config.users.has(user)) {
      problems.push(`The context ${name} names the user ${user}, who is not there.`);
    }
    const namespace = textField(value, 'namespace');
    return {
      name,
      cluster,
      user,
      namespace,
      server: withoutPasswords(server ?? ''),
      current: name === config.current,
    };
  });
  if (config.current !== null && !config.contexts.has(config.current)) {
    problems.push(`The current context is ${config.current}, which is not there.`);
  }
  return { contexts, files: config.files, problems };
}

class Merged implements Kubeconfig {
  readonly clusters = new Map<string, Entry>();
  readonly users = new Map<string, Entry>();
  readonly contexts = new Map<string, Entry>();
  current: string | null = null;
  readonly files: string[] = [];
  readonly problems: string[] = [];

  async add(file: string, mustExist: boolean): Promise<void> {
    let config: JsonRecord;
    try {
      config = parse(await readFile(file, 'utf8'));
    } catch (error) {
      const code = isRecord(error) || error instanceof Error ? Reflect.get(error, 'code') : null;
      if (code !== 'ENOENT' || mustExist) this.problems.push(`${file} cannot be read: ${reasonOf(error)}.`);
      return;
    }
    this.files.push(file);
    const folder = dirname(file);
    this.current ??= textField(config, 'current-context');
    this.#merge(file, config, 'clusters', 'cluster', folder);
    this.#merge(file, config, 'users', 'user', folder);
    this.#merge(file, config, 'contexts', 'context', folder);
  }

  #merge(
    file: string,
    config: JsonRecord,
    list: 'clusters' | 'users' | 'contexts',
    singular: string,
    folder: string,
  ): void {
    const entries: unknown = config[list] ?? [];
    if (!Array.isArray(entries)) {
      this.problems.push(`${file}: ${list} is not a list.`);
      return;
    }
    for (const [index, entry] of entries.entries()) {
      const name = isRecord(entry) ? textField(entry, 'name') : null;
      const value = isRecord(entry) ? entry[singular] : null;
      if (name === null) this.problems.push(`${file}: ${list}[${index}] has no name.`);
      else if (!this[list].has(name)) {
        this[list].set(name, { name, value: isRecord(value) ? value : {}, folder });
      }
    }
  }
}

function parse(text: string): JsonRecord {
  const [first] = loadAll(text, { schema: CORE_SCHEMA });
  if (first === undefined || first === null) return {};
  if (!isRecord(first)) throw new TypeError('it holds no kubeconfig');
  return first;
}

/** Of a YAML error only what and where: its message shows lines of the file, which hold secrets. */
function reasonOf(error: unknown): string {
  if (error instanceof YAMLException) {
    return error.mark === undefined ? error.reason : `${error.reason}, line ${error.mark.line + 1}`;
  }
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
