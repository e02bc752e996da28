/** A cluster of one node whose Pods answer to the programs that a test gives them. */
import type {
  ClusterApi,
  ExecOptions,
  ExecResult,
  ExecTarget,
  ObjectName,
} from '../../../../src/cluster/clusterApi.ts';
import { allowedCommands } from '../../../../src/cluster/collect/commands.ts';
import { type CollectRequest, collectNode } from '../../../../src/cluster/collect/collectNode.ts';
import { ClusterFailure } from '../../../../src/cluster/failure.ts';
import { isRecord, type JsonRecord } from '../../../../src/text/json.ts';

/** What a program does: prints, ends with a code and words, fails, or whatever the function does. */
export type Program =
  | string
  | { readonly stdout?: string | Uint8Array; readonly stderr?: string; readonly exitCode?: number }
  | Error
  | ((options: ExecOptions) => Promise<ExecResult>);

/** Programs by their whole command line (`ipset save`). What is not listed is not there. */
export type Programs = Readonly<Record<string, Program>>;

export interface FakePod {
  readonly namespace?: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly image?: string;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly programs?: Programs;
  /** In place of one that fits `phase`. */
  readonly status?: JsonRecord;
}

/** A kube-proxy Pod as kubeadm makes it. */
export function proxyPod(programs: Programs, more: Partial<FakePod> = {}): FakePod {
  return {
    name: 'kube-proxy-x7k2p',
    labels: { 'k8s-app': 'kube-proxy' },
    container: 'kube-proxy',
    image: 'registry.example/kube-proxy:v1.36.3',
    programs,
    ...more,
  };
}

export class FakeCluster implements ClusterApi {
  readonly execs: { readonly target: ExecTarget; readonly argv: readonly string[] }[] = [];
  readonly #pods: FakePod[];
  readonly node: JsonRecord;
  /** Names of Pods that were created, and of those that were deleted. */
  readonly created: string[] = [];
  readonly deleted: string[] = [];
  /** What a debug Pod can run, and what its status becomes; null = it may not be created. */
  debug: { readonly programs: Programs; readonly status: JsonRecord } | null = null;

  constructor(pods: readonly FakePod[], node: JsonRecord = { metadata: { name: 'node-1' } }) {
    this.#pods = [...pods];
    this.node = node;
  }

  async serverVersion(): Promise<string> {
    return Promise.resolve('v1.36.3');
  }

  async get(name: ObjectName): Promise<JsonRecord> {
    const pod = this.#pods.find((each) => each.name === name.name);
    return Promise.resolve(pod === undefined ? this.node : podObject(pod));
  }

  async *list(): AsyncIterable<readonly JsonRecord[]> {
    yield await Promise.resolve(this.#pods.map(podObject));
  }

  watch(): { stop(): void } {
    throw new Error('nothing is watched here');
  }

  async exec(target: ExecTarget, argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
    this.execs.push({ target, argv });
    const pod = this.#pods.find((each) => each.name === target.pod);
    if (!allowedCommands.some((command) => command.id === argv.join(' '))) {
      throw new Error(`not in the table of commands: ${argv.join(' ')}`);
    }
    const program = pod?.programs?.[argv.join(' ')];
    if (program === undefined) throw new ClusterFailure('noSuchBinary', `no ${argv[0] ?? ''}`);
    if (program instanceof Error) throw program;
    if (typeof program === 'function') return program(options);
    return Promise.resolve(resultOf(program));
  }

  async createPod(namespace: string, manifest: JsonRecord): Promise<void> {
    if (this.debug === null) throw new ClusterFailure('forbidden', 'pods is forbidden: no.');
    const name = nameOf(manifest);
    this.created.push(name);
    const { programs, status } = this.debug;
    this.#pods.push({ namespace, name, container: 'iptables', status, programs });
    return Promise.resolve();
  }

  async deletePod(_namespace: string, name: string): Promise<void> {
    const at = this.#pods.findIndex((pod) => pod.name === name);
    if (at === -1) throw new ClusterFailure('notFound', `pods "${name}" not found.`);
    this.#pods.splice(at, 1);
    this.deleted.push(name);
    return Promise.resolve();
  }

  /** Collects `node-1`; what a test does not say is as plain as can be. */
  collect(more: Partial<CollectRequest> = {}): ReturnType<typeof collectNode> {
    return collectNode({
      api: this,
      context: 'dev',
      node: 'node-1',
      pods: [],
      nodeObject: this.node,
      command: null,
      confirmDebugPod: () => Promise.resolve(false),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...more,
    });
  }
}

function resultOf(program: Exclude<Program, Error | ((options: ExecOptions) => unknown)>): ExecResult {
  const {
    stdout = '',
    stderr = '',
    exitCode = 0,
  } = typeof program === 'string' ? { stdout: program } : program;
  return { stdout: typeof stdout === 'string' ? new TextEncoder().encode(stdout) : stdout, stderr, exitCode };
}

function nameOf(manifest: JsonRecord): string {
  const metadata = manifest['metadata'];
  const name = isRecord(metadata) ? metadata['name'] : null;
  return typeof name === 'string' ? name : '';
}

function podObject(pod: FakePod): JsonRecord {
  const container = pod.container ?? 'main';
  const phase = pod.phase ?? 'Running';
  return {
    metadata: { namespace: pod.namespace ?? 'kube-system', name: pod.name, labels: pod.labels ?? {} },
    spec: {
      nodeName: 'node-1',
      hostNetwork: pod.hostNetwork ?? true,
      containers: [{ name: container, image: pod.image ?? '' }],
    },
    status: pod.status ?? {
      phase,
      containerStatuses: [
        { name: container, state: phase === 'Running' ? { running: {} } : { waiting: {} } },
      ],
    },
  };
}

/** A dump of `iptables-nft-save -c` with kube-proxy's first chains. */
export const nftRules = `# Generated by iptables-nft-save v1.8.9 (nf_tables) on Sat Nov 21 11:45:33 2026
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-PROXY-CANARY - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
[4:240] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
COMMIT
# Completed on Sat Nov 21 11:45:33 2026
`;

/** The same by the legacy backend. */
export const legacyRules = nftRules.replace('iptables-nft-save v1.8.9 (nf_tables)', 'iptables-save v1.8.9');

/** Rules of both families, and nothing else. */
export const plainPrograms: Programs = { 'iptables-save -c': nftRules, 'ip6tables-save -c': '' };
