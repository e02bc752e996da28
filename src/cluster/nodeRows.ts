/** The rows of an open context's nodes, made of Node and Pod objects and of what was collected. */
import { isRecord, type JsonRecord } from '../text/json.ts';
import { findProxyPods, findReplacement } from './collect/findSources.ts';
import { modeOfRules } from './collect/proxyMode.ts';
import { type PodFacts, recordAt, recordsAt, textAt } from './collect/podFacts.ts';
import { countRules } from './collect/ruleText.ts';
import type { ClusterFailure } from './failure.ts';
import type { ProxyMode } from '../kubernetes/proxyMode.ts';
import type { NodeReading, HeldRules, LiveNode } from './liveNode.ts';
import type { Stored } from './objectFeed.ts';

/** What is known of a node beside its objects. */
interface Known {
  readonly held: HeldRules | null;
  /** As its rules show. */
  readonly mode: ProxyMode | null;
  readonly failure: ClusterFailure | null;
  readonly progress: string | null;
}

const nothing: Known = { held: null, mode: null, failure: null, progress: null };

/**
 * Rows by the nodes' names: those that have a Node object, and, where Nodes may not be listed, those that Pods name.
 */
export class NodeRows {
  readonly #objects = new Map<string, JsonRecord>();
  readonly #podsByNode = new Map<string, Map<string, JsonRecord>>();
  readonly #nodeOfPod = new Map<string, string>();
  readonly #known = new Map<string, Known>();
  /** Rows that are still right. */
  readonly #made = new Map<string, LiveNode>();
  #sorted: readonly LiveNode[] | null = null;
  #configured: ProxyMode | null = null;
  #listsNodes = true;
  #allPods = false;

  /** Sorted by name. */
  get rows(): readonly LiveNode[] {
    return (this.#sorted ??= [...this.#names()].sort(compare).map((name) => this.#row(name)));
  }

  /** The Node object; null where there is none, or it may not be read. */
  object(node: string): JsonRecord | null {
    return this.#objects.get(node) ?? null;
  }

  /** The Pods that run there, as far as they are known. */
  pods(node: string): readonly JsonRecord[] {
    return [...(this.#podsByNode.get(node)?.values() ?? [])];
  }

  /** What the feed tells of a Node or a Pod; other resources are not looked at. */
  take({ resource, key, object }: Stored): void {
    if (resource === 'nodes') {
      if (object === null) this.#objects.delete(key);
      else this.#objects.set(key, object);
      this.#changed(key);
    } else if (resource === 'pods') this.#takePod(key, object);
  }

  /** The mode that kube-proxy's ConfigMap gives all nodes; null where it cannot be read. */
  configure(mode: ProxyMode | null): void {
    this.#configured = mode;
    this.#made.clear();
    this.#sorted = null;
  }

  /** Where nodes may not be listed, they are those that Pods run on. */
  listsNodes(lists: boolean): void {
    if (this.#listsNodes === lists) return;
    this.#listsNodes = lists;
    this.#sorted = null;
  }

  /** All Pods are known: a node without a kube-proxy among them has none. */
  allPods(known: boolean): void {
    if (this.#allPods === known) return;
    this.#allPods = known;
    this.#made.clear();
    this.#sorted = null;
  }

  /** The mode that the ConfigMap asks for on a node; null where it is not known, or no kube-proxy runs there. */
  configuredOn(name: string): ProxyMode | null {
    const [proxy] = findProxyPods(name, this.pods(name));
    const status = recordAt(this.#objects.get(name) ?? null, 'status');
    return proxy === undefined ? null : configuredMode(this.#configured, status);
  }

  collected(node: string, { files, takenAt, source }: NodeReading): void {
    const texts = ['iptables-save.txt', 'ip6tables-save.txt'].map((name) => files.get(name) ?? '');
    const rules = texts.reduce((sum, text) => sum + countRules(text), 0);
    this.#know(node, { held: { takenAt, rules, source }, mode: modeOfRules(files), failure: null });
  }

  failed(node: string, failure: ClusterFailure): void {
    this.#know(node, { failure });
  }

  progress(node: string, progress: string | null): void {
    this.#know(node, { progress });
  }

  #know(node: string, news: Partial<Known>): void {
    this.#known.set(node, { ...(this.#known.get(node) ?? nothing), ...news });
    this.#changed(node);
  }

  #changed(node: string): void {
    this.#made.delete(node);
    this.#sorted = null;
  }

  #takePod(key: string, pod: JsonRecord | null): void {
    const before = this.#nodeOfPod.get(key);
    const after = pod === null ? null : textAt(recordAt(pod, 'spec'), 'nodeName');
    if (before !== undefined && before !== after) {
      this.#podsByNode.get(before)?.delete(key);
      this.#nodeOfPod.delete(key);
      this.#changed(before);
    }
    if (pod === null || after === null || after === '') return;
    let pods = this.#podsByNode.get(after);
    if (pods === undefined) this.#podsByNode.set(after, (pods = new Map()));
    pods.set(key, pod);
    this.#nodeOfPod.set(key, after);
    this.#changed(after);
  }

  #names(): ReadonlySet<string> {
    if (this.#listsNodes) return new Set(this.#objects.keys());
    const withPods = [...this.#podsByNode].filter(([, pods]) => pods.size > 0).map(([node]) => node);
    return new Set([...this.#objects.keys(), ...withPods]);
  }

  #row(name: string): LiveNode {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const row = this.#make(name);
    this.#made.set(name, row);
    return row;
  }

  #make(name: string): LiveNode {
    const object = this.#objects.get(name) ?? null;
    const pods = this.pods(name);
    const [proxy] = findProxyPods(name, pods);
    const { held, mode, failure, progress } = this.#known.get(name) ?? nothing;
    const status = recordAt(object, 'status');
    return {
      name,
      ready: object === null ? null : isReady(status),
      addresses: addressesOf(status),
      mode: mode ?? this.configuredOn(name),
      version: versionOf(proxy ?? null, status),
      proxy: proxy === undefined ? this.#noProxy(name, pods, object) : { kind: 'running' },
      held,
      failure,
      progress,
    };
  }

  #noProxy(name: string, pods: readonly JsonRecord[], object: JsonRecord | null): LiveNode['proxy'] {
    if (!this.#allPods) return { kind: 'unknown' };
    return { kind: 'none', replacement: findReplacement(name, pods, object) };
  }
}

/** An empty mode is another one on Windows. */
function configuredMode(mode: ProxyMode | null, status: JsonRecord): ProxyMode | null {
  const system = textAt(recordAt(status, 'nodeInfo'), 'operatingSystem');
  return system === 'windows' && mode === 'iptables' ? 'kernelspace' : mode;
}

function isReady(status: JsonRecord): boolean {
  return recordsAt(status, 'conditions').some(
    (each) => each['type'] === 'Ready' && each['status'] === 'True',
  );
}

function addressesOf(status: JsonRecord): readonly string[] {
  return recordsAt(status, 'addresses').flatMap((address) => {
    const wanted = address['type'] === 'InternalIP' || address['type'] === 'ExternalIP';
    return wanted && typeof address['address'] === 'string' ? [address['address']] : [];
  });
}

/** `registry.k8s.io/kube-proxy:v1.36.3@sha256:…` → `v1.36.3`, else what the node says of itself. */
function versionOf(proxy: PodFacts | null, status: JsonRecord): string {
  const containers = proxy?.containers ?? [];
  const container = containers.find(({ name }) => name === 'kube-proxy') ?? containers[0];
  const tag = /:(v?\d+\.\d+[^@/:]*)(?:@|$)/.exec(container?.image ?? '')?.[1];
  if (tag !== undefined) return tag.startsWith('v') ? tag : `v${tag}`;
  const info = isRecord(status['nodeInfo']) ? status['nodeInfo'] : {};
  return textAt(info, 'kubeProxyVersion') || textAt(info, 'kubeletVersion') || '';
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
