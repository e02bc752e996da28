/** etcd, the API server and the controller manager, in one namespace with the bridge that joins the nodes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { clusterBinaries } from '../../../scripts/clusterBinaries.mjs';
import { linkAddress, serviceNetworks } from './addresses.ts';
import { Authority } from './certificates.ts';
import { NetworkNamespace, run } from './namespaces.ts';
import { Program } from './program.ts';
import { until } from './until.ts';
import { kubeconfig, ownTokens, tokenFile } from './users.ts';

const apiPort = 6443;
const etcdPort = 2379;

/** Everything that the product's users do; not what keeps the cluster going. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['harness', 'machinery', 'system:apiserver'] },
    {
      // With the names of what is made: they are not in the path.
      level: 'RequestResponse',
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      resources: [{ group: '', resources: ['pods'] }],
    },
    { level: 'Metadata' },
  ],
};

export class ControlPlane {
  readonly namespace: NetworkNamespace;
  readonly authority: Authority;
  /** `https://198.18.3.1:6443` */
  readonly server: string;
  readonly host: string;
  readonly port = apiPort;
  /** A kubeconfig for kwok, kube-proxy and the controller manager. */
  readonly machineryConfig: string;
  readonly auditLog: string;
  readonly #folder: string;
  readonly #etcd: Program;
  readonly #manager: Program;
  readonly #api: Program;

  /** Returns once the programs run; `ready` waits for their answers. */
  constructor(instance: number, folder: string, prefix: string) {
    const programs = clusterBinaries(console.log);
    this.#folder = folder;
    this.namespace = joinedNamespace(instance, `${prefix}cp`);
    this.host = linkAddress(instance, 'controlPlane')[4];
    this.server = `https://${this.host}:${apiPort}`;
    this.authority = new Authority(folder, 'authority');
    this.auditLog = join(folder, 'audit.log');
    this.machineryConfig = this.#write(
      'kubeconfig-machinery',
      kubeconfig({
        context: 'machinery',
        server: this.server,
        authority: this.authority.root.certificate,
        user: { token: ownTokens.machinery },
      }),
    );
    run([
      'openssl',
      'ecparam',
      '-name',
      'prime256v1',
      '-genkey',
      '-noout',
      '-out',
      this.#path('accounts.key'),
    ]);
    this.#etcd = this.#program('etcd', [programs.etcd, ...this.#etcdFlags()]);
    this.#api = this.#program('kube-apiserver', [programs['kube-apiserver'], ...this.#apiFlags()]);
    this.#manager = this.#program('kube-controller-manager', [
      programs['kube-controller-manager'],
      ...this.#managerFlags(),
    ]);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #write(name: string, text: string): string {
    writeFileSync(this.#path(name), text, { mode: 0o600 });
    return this.#path(name);
  }

  #program(name: string, command: readonly string[]): Program {
    return new Program({ namespace: this.namespace, command, log: this.#path(`${name}.log`) });
  }

  get #etcdUrl(): string {
    return `http://${this.host}:${etcdPort}`;
  }

  #etcdFlags(): readonly string[] {
    const peer = 'http://127.0.0.1:2380';
    return [
      `--data-dir=${this.#path('etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=error',
      `--listen-client-urls=${this.#etcdUrl}`,
      `--advertise-client-urls=${this.#etcdUrl}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ];
  }

  #apiFlags(): readonly string[] {
    const names = [this.host, '127.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc'];
    const serving = this.authority.server('kube-apiserver', names);
    return [
      `--etcd-servers=${this.#etcdUrl}`,
      `--bind-address=0.0.0.0`,
      `--secure-port=${apiPort}`,
      `--advertise-address=${this.host}`,
      `--service-cluster-ip-range=${serviceNetworks.join(',')}`,
      `--tls-cert-file=${serving.certificate}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${this.authority.root.certificate}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${this.#write('tokens.csv', tokenFile())}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      ...['signing-key', 'key'].map((key) => `--service-account-${key}-file=${this.#path('accounts.key')}`),
      '--kubelet-preferred-address-types=InternalIP',
      // The tests make namespaces and Pods in one breath: the account may come later.
      '--disable-admission-plugins=ServiceAccount',
      `--audit-policy-file=${this.#write('audit-policy.json', JSON.stringify(auditPolicy))}`,
      `--audit-log-path=${this.auditLog}`,
      '--audit-log-mode=blocking',
      // In MB: one file, so that nothing is overlooked in a rotated one.
      '--audit-log-maxsize=8192',
      '--max-requests-inflight=2000',
      '--max-mutating-requests-inflight=1000',
      '--allow-privileged=true',
      '--profiling=false',
      '--shutdown-delay-duration=0s',
    ];
  }

  #managerFlags(): readonly string[] {
    return [
      `--kubeconfig=${this.machineryConfig}`,
      '--leader-elect=false',
      '--profiling=false',
      `--controllers=*,-nodeipam,-node-lifecycle-controller`,
      `--service-account-private-key-file=${this.#path('accounts.key')}`,
      `--root-ca-file=${this.authority.root.certificate}`,
      '--kube-api-qps=2000',
      '--kube-api-burst=4000',
      '--concurrent-service-endpoint-syncs=20',
    ];
  }

  /** Resolves when the API server says that it is ready, or rejects with its last words. */
  async ready(): Promise<void> {
    try {
      await until('the API server is ready', () => this.#answers(), { deadline: 60_000 });
    } catch (error) {
      throw new Error(`The API server does not start:\n${this.#api.lastWords}`, { cause: error });
    }
  }

  #answers(): Promise<boolean> {
    const ca = readFileSync(this.authority.root.certificate);
    const headers = { authorization: `Bearer ${ownTokens.harness}` };
    return new Promise((resolve, reject) => {
      get(`${this.server}/readyz`, { ca, headers, timeout: 5000, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).on('error', reject);
    });
  }

  /** SIGTERM lets it end its watches in order; SIGKILL cuts every connection. */
  async stopApiServer(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    await this.#api.stop(signal);
  }

  /** With the same store, once it is ready. */
  async startApiServer(): Promise<void> {
    this.#api.start();
    await this.ready();
  }

  /** Connections stay open, and nothing answers, until `thaw`. */
  freezeApiServer(): void {
    this.#api.freeze();
  }

  thawApiServer(): void {
    this.#api.thaw();
  }

  /** Forgets all history: who resumes a watch at an older version gets 410 Gone. Returns etcd's revision. */
  async compact(): Promise<number> {
    const revision = await this.#revision();
    await this.askEtcd('/v3/kv/compaction', { revision: String(revision), physical: true });
    return revision;
  }

  async #revision(): Promise<number> {
    const answer = await this.askEtcd('/v3/maintenance/status', {});
    const revision = /"revision":"(\d+)"/.exec(answer)?.[1];
    if (revision === undefined) throw new Error(`etcd tells no revision: ${answer}`);
    return Number(revision);
  }

  /** A call of etcd's own API, in JSON. */
  async askEtcd(path: string, body: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await fetch(this.#etcdUrl + path, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`etcd: ${answer.status} ${text}`);
    return text;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#manager, this.#api, this.#etcd].map((program) => program.stop('SIGKILL')));
  }
}

/** The interface by which this machine reaches an instance. */
export function machineLink(instance: number): string {
  return `kpx-${instance}`;
}

/** With a bridge `lan`, which the machine's own namespace reaches by a veth pair. */
function joinedNamespace(instance: number, name: string): NetworkNamespace {
  const namespace = new NetworkNamespace(name);
  const address = linkAddress(instance, 'controlPlane');
  const machine = linkAddress(instance, 'machine');
  namespace.ip([
    'link add lan type bridge mcast_snooping 0',
    'link set lan up',
    `addr add ${address[4]}/24 dev lan`,
    `addr add ${address[6]}/112 dev lan nodad`,
  ]);
  const own = machineLink(instance);
  run(['ip', 'link', 'add', own, 'type', 'veth', 'peer', 'name', 'machine', 'netns', name]);
  namespace.ip(['link set machine master lan up']);
  run(['ip', 'addr', 'add', `${machine[4]}/24`, 'dev', own]);
  run(['ip', 'link', 'set', own, 'up']);
  return namespace;
}
