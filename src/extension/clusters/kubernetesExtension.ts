/**
 * The Kubernetes extension (ms-kubernetes-tools), when it is installed: which kubeconfig it uses, and what its tree's items
 * are. Its API is public: a broker that gives a component in a version.
 */
import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { isRecord, type JsonRecord } from '../../text/json.ts';

const extensionId = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/** A Service, Pod or node of its tree. */
export interface ExplorerItem {
  readonly kind: 'Service' | 'Pod' | 'Node';
  readonly namespace: string | null;
  readonly name: string;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The neighbour's API. Where it is not installed, or answers otherwise than it says, everything is null. */
export class KubernetesExtension implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Another kubeconfig, or another active context. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [];
  #broker: Promise<JsonRecord | null> | null = null;

  /** Null where it is not installed, or keeps its kubeconfig where this process cannot read it (WSL). */
  async kubeconfigFiles(): Promise<readonly string[] | null> {
    const path = call(await this.#component('configuration', 'v1_1', 'v1'), 'getKubeconfigPath');
    if (!isRecord(path) || path['pathType'] !== 'host' || typeof path['hostPath'] !== 'string') return null;
    const files = path['hostPath'].split(delimiter).filter((file) => file !== '');
    return files.length === 0 ? null : files;
  }

  /** What a command of its tree's menu was run on; null for anything but a Service, Pod or node. */
  async resolve(target: unknown): Promise<ExplorerItem | null> {
    const explorer = await this.#component('clusterexplorer', 'v1');
    const node = call(explorer, 'resolveCommandTarget', target);
    if (!isRecord(node) || node['nodeType'] !== 'resource' || typeof node['name'] !== 'string') return null;
    const kind = isRecord(node['resourceKind']) ? node['resourceKind']['manifestKind'] : null;
    if (kind !== 'Service' && kind !== 'Pod' && kind !== 'Node') return null;
    const { namespace } = node;
    return { kind, name: node['name'], namespace: typeof namespace === 'string' ? namespace : null };
  }

  dispose(): void {
    vscode.Disposable.from(this.#changed, ...this.#subscriptions).dispose();
  }

  /** The first of the versions that it has. */
  async #component(name: string, ...versions: readonly string[]): Promise<JsonRecord | null> {
    this.#broker ??= this.#connect();
    const broker = await this.#broker;
    for (const version of versions) {
      const answer = call(broker, 'get', name, version);
      if (isRecord(answer) && answer['available'] === true && isRecord(answer['api'])) return answer['api'];
    }
    return null;
  }

  async #connect(): Promise<JsonRecord | null> {
    const installed = vscode.extensions.getExtension<unknown>(extensionId);
    // One that fails to start is as good as none: ours goes on without it.
    const api = await installed?.activate().then(
      (started) => started,
      () => null,
    );
    if (!isRecord(api)) return null;
    const answer = call(api, 'get', 'configuration', 'v1_1');
    if (isRecord(answer) && isRecord(answer['api'])) this.#follow(answer['api']);
    return api;
  }

  #follow(configuration: JsonRecord): void {
    for (const event of ['onDidChangeKubeconfigPath', 'onDidChangeContext']) {
      const subscription = call(configuration, event, () => this.#changed.fire());
      if (subscription instanceof vscode.Disposable) this.#subscriptions.push(subscription);
    }
  }
}

/** The method's answer; null where there is no such method. */
function call(target: JsonRecord | null, name: string, ...args: unknown[]): unknown {
  const method = target?.[name];
  return isMethod(method) ? method.apply(target, args) : null;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
