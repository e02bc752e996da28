/** A cluster module without a cluster: what the command line is told, and what it asked. */
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { ClusterContext } from '../../../src/cluster/contexts.ts';
import type { CollectedNode, LiveNode } from '../../../src/cluster/liveNode.ts';
import type { ClusterModule, ClusterSession, CollectOptions } from '../../../src/cluster/session.ts';
import { Output } from '../../../src/cli/output.ts';
import type { Terminal } from '../../../src/cli/command.ts';
import { run } from '../../../src/cli/run.ts';
import { snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import { repository } from './cli.ts';

export const sample = repository('media/samples/kube-proxy-1.36');

/** The files of a snapshot folder, but for its objects. */
export function filesOf(folder: string): ReadonlyMap<string, string> {
  return new Map(
    snapshotFileNames.flatMap((name) => {
      if (name === 'objects.json') return [];
      try {
        return [[name, readFileSync(`${folder}/${name}`, 'utf8')] as const];
      } catch {
        return [];
      }
    }),
  );
}

const collected: CollectedNode = {
  context: 'dev',
  node: 'node-1',
  takenAt: Date.UTC(2026, 10, 21, 12),
  source: { kind: 'proxyPod', namespace: 'kube-system', pod: 'kube-proxy-x7k2p', container: null },
  files: filesOf(sample),
  missing: [{ file: 'conntrack.txt', reason: 'the Pod has no conntrack' }],
  warnings: [],
  configured: null,
  cilium: null,
};

export interface FakeCluster {
  readonly contexts?: readonly Partial<ClusterContext>[];
  readonly nodes?: readonly string[];
  /** Throws what it rejects with. */
  /** Called with each piece that is written to standard output. */
  readonly printed?: (text: string) => void;
  /** The reader of standard output goes away after so many pieces. */
  readonly readsOnly?: number;
  readonly collect?: (node: string, options: CollectOptions) => Promise<Partial<CollectedNode>>;
  readonly objects?: (signal: AbortSignal) => Promise<string>;
  readonly answer?: boolean | null;
}

/** What was asked of the module. */
export interface Asked {
  readonly contexts: string[];
  readonly kubeconfigs: (readonly string[] | null)[];
  readonly nodes: string[];
  readonly commands: (readonly string[] | null)[];
  readonly questions: string[];
  closed: number;
}

export interface FakeRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: Asked;
}

/** Runs the command line in this process, with `fake` for the cluster. */
export async function runWith(fake: FakeCluster, argv: readonly string[]): Promise<FakeRun> {
  const asked: Asked = { contexts: [], kubeconfigs: [], nodes: [], commands: [], questions: [], closed: 0 };
  const out: string[] = [];
  const err: string[] = [];
  const instead: Partial<Terminal> = {
    output: new Output(
      new Writable({
        write(chunk: Buffer, _, done) {
          if (out.length >= (fake.readsOnly ?? Infinity)) {
            done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
            return;
          }
          out.push(chunk.toString());
          fake.printed?.(chunk.toString());
          done();
        },
      }),
    ),
    style: { colour: false, width: Infinity },
    complain: (message) => err.push(`${message}\n`),
    ask: (question) => {
      asked.questions.push(question);
      return Promise.resolve(fake.answer ?? null);
    },
    loadCluster: () => Promise.resolve({ kind: 'loaded', module: moduleOf(fake, asked) }),
  };
  const code = await run(argv, instead);
  return { code, out: out.join(''), err: err.join(''), asked };
}

function moduleOf(fake: FakeCluster, asked: Asked): ClusterModule {
  const contexts = (fake.contexts ?? [{ name: 'dev', current: true }, { name: 'prod' }]).map(contextOf);
  return {
    toYaml: JSON.stringify,
    readContexts({ kubeconfig }) {
      asked.kubeconfigs.push(kubeconfig);
      return Promise.resolve({ contexts, files: ['/home/dev/.kube/config'], problems: [] });
    },
    openSession(name) {
      asked.contexts.push(name);
      return sessionOf(contexts.find((each) => each.name === name) ?? contextOf({ name }), fake, asked);
    },
  };
}

function contextOf(part: Partial<ClusterContext>): ClusterContext {
  const empty = { name: '', cluster: '', user: '', namespace: null, server: '', current: false };
  return { ...empty, ...part };
}

function sessionOf(context: ClusterContext, fake: FakeCluster, asked: Asked): ClusterSession {
  const nothing = { dispose: () => undefined };
  return {
    context,
    state: { kind: 'ready', version: 'v1.36.3', stale: new Map(), loading: [] },
    nodes: (fake.nodes ?? ['node-1', 'node-2']).map(nodeOf),
    onDidChange: () => nothing,
    onDidChangeObjects: () => ({ ...nothing, told: () => Promise.resolve() }),
    onDidCollect: () => nothing,
    collected: () => null,
    async collect(node, options) {
      asked.nodes.push(node);
      asked.commands.push(options.command);
      return { ...collected, node, context: context.name, ...(await fake.collect?.(node, options)) };
    },
    objects: fake.objects ?? (() => Promise.resolve(readFileSync(`${sample}/objects.json`, 'utf8'))),
    read: () => Promise.reject(new Error('not asked by the command line')),
    removeLeftovers: () => Promise.resolve(0),
    retry: () => undefined,
    close: () => {
      asked.closed++;
    },
  };
}

function nodeOf(name: string): LiveNode {
  return {
    name,
    ready: true,
    addresses: [],
    mode: null,
    version: '',
    proxy: { kind: 'running' },
    held: null,
    failure: null,
    progress: null,
  };
}
