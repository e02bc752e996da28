/** `startCluster`: a real control plane with nodes whose kube-proxy programs this machine's kernel. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAllYaml } from '@kubernetes/client-node';
import { isRecord } from '../../../src/text/json.ts';
import { instanceLimit } from './addresses.ts';
import { type AuditEvent, readAuditLog } from './audit.ts';
import { Client, type Manifest } from './client.ts';
import { ClusterNode, joinOutside, joinPodNetworks, type NodeOptions, proxyConfigOf } from './clusterNode.ts';
import { ControlPlane, machineLink } from './controlPlane.ts';
import { attempt, isGone, namespacesOf, type NetworkNamespace, removeNamespace } from './namespaces.ts';
import { type PodOptions, type RealPod, startRealPod } from './pods.ts';
import type { Program } from './program.ts';
import { Scheduler } from './scheduler.ts';
import { until } from './until.ts';
import { type Kubeconfigs, noExecRights, ownTokens, writeKubeconfigs } from './users.ts';

export interface ClusterOptions {
  /** 0 … 63: what runs at the same time on one machine has different ones. Default $KUBE_PROXY_INSTANCE, else 32. */
  readonly instance?: number;
  /** Default two, `node-1` and `node-2`, with iptables. */
  readonly nodes?: readonly NodeOptions[];
}

/** Of this process: all are removed when it ends early. */
const running = new Set<Cluster>();

process.once('exit', () => {
  for (const cluster of running) cluster.remove();
});

/** Ready: the nodes are, and their kube-proxy has written its first rules. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = new Cluster(options);
  try {
    await cluster.begin();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** Stops every cluster of this process that still runs: one that is left keeps the process from ending. */
export async function stopClusters(): Promise<void> {
  await Promise.all([...running].map((cluster) => cluster.stop()));
}

export class Cluster {
  readonly instance: number;
  /** Logs, kubeconfigs, the audit log; removed by `stop`. */
  readonly scratch: string;
  readonly controlPlane: ControlPlane;
  readonly nodes: readonly ClusterNode[];
  /** A client on the nodes' link. */
  readonly outside: NetworkNamespace;
  /** May everything; the audit does not count it. */
  readonly client: Client;
  /** For the product: a file for each user. */
  readonly kubeconfigs: Kubeconfigs;
  /** Before the user's name in a kubeconfig's context: `live-3-`. */
  readonly contextPrefix: string;
  readonly #namespacePrefix: string;
  #scheduler: Scheduler | null = null;
  readonly #more: Program[] = [];
  #podCount = 0;

  constructor({
    instance = defaultInstance(),
    nodes = [{ name: 'node-1' }, { name: 'node-2' }],
  }: ClusterOptions) {
    if (!Number.isInteger(instance) || instance < 0 || instance >= instanceLimit)
      throw new Error(`There is no instance ${instance}: 0 to ${instanceLimit - 1}.`);
    this.instance = instance;
    this.contextPrefix = `live-${instance}-`;
    this.#namespacePrefix = `kpx-${instance}-`;
    this.scratch = join(tmpdir(), `kube-proxy-explorer-live-${instance}`);
    claim(this.scratch);
    running.add(this);
    this.#removeNamespaces();
    const place = { instance, folder: this.scratch, prefix: this.#namespacePrefix };
    this.controlPlane = new ControlPlane(instance, this.scratch, this.#namespacePrefix);
    this.nodes = nodes.map(
      (node, index) => new ClusterNode(node, { ...place, index, controlPlane: this.controlPlane }),
    );
    joinPodNetworks(this.nodes);
    this.outside = joinOutside(instance, this.#namespacePrefix, this.controlPlane, this.nodes[0]);
    const { server, authority } = this.controlPlane;
    this.client = this.clientWith(ownTokens.harness);
    this.kubeconfigs = writeKubeconfigs({
      folder: this.scratch,
      server,
      authority,
      prefix: this.contextPrefix,
    });
  }

  /** Called by `startCluster`. */
  async begin(): Promise<void> {
    await this.controlPlane.ready();
    const { client } = this;
    const rights = loadAllYaml(readFileSync(new URL('../../../docs/rbac.yaml', import.meta.url), 'utf8'));
    for (const manifest of [...rights, noExecRights].filter(isRecord)) await client.apply(manifest);
    const mode = this.nodes.find((node) => node.proxy !== null)?.mode ?? 'none';
    await client.apply(proxyConfigMap(mode));
    await Promise.all(this.nodes.map((node) => node.register(client)));
    this.#scheduler = new Scheduler(
      client,
      this.nodes.map(({ name }) => name),
    );
    await Promise.all(this.nodes.map((node) => this.#hasRules(node)));
    await this.podsReady('kube-system');
  }

  node(name: string): ClusterNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`There is no node ${name}.`);
    return found;
  }

  /** A client with another token: `tokenOf('viewer')`. */
  clientWith(token: string): Client {
    const { host, port, authority } = this.controlPlane;
    return new Client({ host, port, token, authority: readFileSync(authority.root.certificate, 'utf8') });
  }

  /** What the product's users did so far. */
  auditEvents(): readonly AuditEvent[] {
    return existsSync(this.controlPlane.auditLog) ? readAuditLog(this.controlPlane.auditLog) : [];
  }

  async #hasRules(node: ClusterNode): Promise<void> {
    const save = [`iptables-${node.backend}-save`, '-t', 'nat'];
    const sign = node.mode === 'nftables' ? ['nft', 'list', 'tables'] : save;
    const mark = node.mode === 'nftables' ? /kube-proxy/ : /-j KUBE-POSTROUTING/;
    if (node.proxy === null) return;
    await until(`kube-proxy on ${node.name} writes rules`, () => mark.test(node.namespace.run(sign)), {
      deadline: 60_000,
    });
  }

  /** Resolves when every Pod of a namespace is Running and ready. */
  async podsReady(namespace: string): Promise<void> {
    await until(`the Pods of ${namespace} are ready`, async () => {
      const pods = await this.client.list(`/api/v1/namespaces/${namespace}/pods`);
      return pods.every(isReady);
    });
  }

  /** Resolves when the rules of `node` (of both families) satisfy a test. */
  async rulesMatch(node: ClusterNode, what: RegExp | ((rules: string) => boolean)): Promise<void> {
    const test = typeof what === 'function' ? what : (rules: string) => what.test(rules);
    const save = ['iptables', 'ip6tables'].map((name) => `${name}-${node.backend}-save`).join('; ');
    await until(`the rules of ${node.name} match ${String(what)}`, () =>
      test(node.namespace.run(['sh', '-c', save])),
    );
  }

  /** A Pod with a network of its own; ready when this resolves. */
  async startPod(node: ClusterNode, options: PodOptions): Promise<RealPod> {
    const pod = await startRealPod(this.client, node, this.#podCount++, options);
    await this.podsReady(options.namespace ?? 'default');
    return pod;
  }

  /** Another program that `stop` ends. */
  own(program: Program): void {
    this.#more.push(program);
  }

  /** Ends all programs and removes namespaces and files. */
  async stop(): Promise<void> {
    this.#scheduler?.stop();
    this.client.close();
    const programs = this.#more.map((program) => program.stop('SIGKILL'));
    await Promise.all([...this.nodes, this.controlPlane].map((each) => each.stop()).concat(programs));
    this.remove();
  }

  /** The same at once, without waiting. */
  remove(): void {
    running.delete(this);
    this.#removeNamespaces();
    if (process.env['KUBE_PROXY_KEEP'] !== '1') rmSync(this.scratch, { recursive: true, force: true });
  }

  #removeNamespaces(): void {
    // A namespace goes some time after its name; its link has to be gone before the next one is made.
    attempt(['ip', 'link', 'del', machineLink(this.instance)]);
    for (const name of namespacesOf(this.#namespacePrefix)) removeNamespace(name);
  }
}

function defaultInstance(): number {
  return Number(process.env['KUBE_PROXY_INSTANCE'] ?? 32);
}

/** An empty scratch folder; throws where another process that still runs has it. */
function claim(folder: string): void {
  const owner = join(folder, 'owner');
  if (existsSync(owner)) {
    const pid = Number(readFileSync(owner, 'utf8'));
    if (pid !== process.pid && isAlive(pid))
      throw new Error(`${folder} belongs to process ${pid}, which runs.`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(owner, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** As kubeadm makes it: a document of kube-proxy's configuration under `config.conf`. */
function proxyConfigMap(mode: Parameters<typeof proxyConfigOf>[0]): Manifest {
  const config = proxyConfigOf(mode);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'kube-proxy' },
    data: {
      'config.conf': Object.entries(config)
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
        .join(''),
    },
  };
}

function isReady(pod: Readonly<Record<string, unknown>>): boolean {
  const { status } = pod;
  const conditions = isRecord(status) ? status['conditions'] : null;
  return (
    Array.isArray(conditions) &&
    conditions.some((each) => isRecord(each) && each['type'] === 'Ready' && each['status'] === 'True')
  );
}
