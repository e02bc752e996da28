/** One open context for the length of one command: its nodes, its objects, and what is collected from a node. */
import { isClusterFailure, type ClusterFailure } from '../../cluster/failure.ts';
import type { CollectedNode, LiveNode } from '../../cluster/liveNode.ts';
import type { ClusterModule, ClusterSession } from '../../cluster/session.ts';
import type { JsonRecord } from '../../text/json.ts';
import type { Terminal } from '../command.ts';
import type { LiveNodeGiven } from '../given.ts';
import { plain } from '../terminal.ts';
import { debugPodQuestion } from './debugPodQuestion.ts';
import { meantOr, theOnes } from './suggestions.ts';

/** What could not be done, in words for the user; not a failure of the cluster. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A collected node with the cluster's objects. */
export interface LiveFiles {
  readonly collected: CollectedNode;
  /** `objects.json`, or why there is none. */
  readonly objects: string | ClusterFailure;
}

export class LiveCluster {
  readonly context: string;
  readonly #session: ClusterSession;
  readonly #given: LiveNodeGiven;
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;
  #objects: Promise<string> | null = null;

  constructor(session: ClusterSession, given: LiveNodeGiven, terminal: Terminal, signal: AbortSignal) {
    this.context = session.context.name;
    this.#session = session;
    this.#given = given;
    this.#terminal = terminal;
    this.#signal = signal;
  }

  /** `objects.json` as it is now, asked for once. Rejects with a `ClusterFailure`. */
  objects(): Promise<string> {
    this.#objects ??= this.#session.objects(this.#signal);
    return this.#objects;
  }

  /** Sorted by name. Rejects with a `ClusterFailure` where they cannot be had. */
  async nodes(): Promise<readonly LiveNode[]> {
    this.#terminal.progress.show('reading the nodes');
    await this.objects();
    return this.#session.nodes;
  }

  /** The nodes as far as they are known by now. */
  get known(): readonly LiveNode[] {
    return this.#session.nodes;
  }

  /** A node's files, and the objects beside; only what cannot be done without is an exception. */
  async collect(node: string): Promise<LiveFiles> {
    const { progress } = this.#terminal;
    progress.show(`asking ${node}`);
    const objects = this.objects().catch((error: unknown) => {
      if (isClusterFailure(error) && error.kind !== 'cancelled') return error;
      throw error;
    });
    const [collected, read] = await Promise.all([
      this.#session.collect(node, {
        signal: this.#signal,
        command: this.#given.command.length === 0 ? null : this.#given.command,
        confirmDebugPod: (name, manifest) => this.#confirm(name, manifest),
        onProgress: (words) => progress.show(`${node}: ${words}`),
      }),
      objects,
    ]);
    progress.clear();
    return { collected, objects: read };
  }

  /** A node's files without the objects; tells nothing of how far it is, and puts no debug Pod anywhere. */
  collectQuietly(node: string): Promise<CollectedNode> {
    const command = this.#given.command.length === 0 ? null : this.#given.command;
    return this.#session.collect(node, {
      signal: this.#signal,
      command,
      confirmDebugPod: never,
    });
  }

  close(): void {
    this.#session.close();
  }

  async #confirm(node: string, manifest: JsonRecord): Promise<boolean> {
    const { progress, ask } = this.#terminal;
    if (!this.#given.debugPod) return false;
    if (this.#given.yes) return true;
    progress.clear();
    const answer = await ask(debugPodQuestion(node, manifest), this.#signal);
    if (answer !== null) return answer;
    throw new Refusal(
      '--debug-pod asks a question, and there is no terminal to ask it on: answer it with --yes.',
    );
  }
}

function never(): Promise<boolean> {
  return Promise.resolve(false);
}

/** Opens the context that `given` names, else the current one. `atOnce`: how many nodes are asked at one time. */
export async function openContext(
  module: ClusterModule,
  given: LiveNodeGiven,
  terminal: Terminal,
  signal: AbortSignal,
  atOnce?: number,
): Promise<LiveCluster> {
  const { kubeconfig } = given;
  const name = await contextName(module, given);
  terminal.progress.show(`connecting to ${name}`);
  const session = module.openSession(name, {
    kubeconfig,
    watch: false,
    ...(atOnce === undefined ? {} : { atOnce }),
  });
  return new LiveCluster(session, given, terminal, signal);
}

async function contextName(
  module: ClusterModule,
  { context: wanted, kubeconfig }: LiveNodeGiven,
): Promise<string> {
  const { contexts, files, problems } = await module.readContexts({ kubeconfig });
  const found = contexts.find((each) => (wanted === null ? each.current : each.name === wanted));
  if (found) return found.name;
  const said = problems.map((each) => `${plain(each)} `).join('');
  const names = contexts.map((each) => plain(each.name));
  const read =
    files.length === 0 ? 'No kubeconfig was found' : `The kubeconfig (${files.map(plain).join(', ')})`;
  if (files.length === 0 && contexts.length === 0) {
    throw new Refusal(`${said}${read}: name one with --kubeconfig FILE, or in KUBECONFIG.`);
  }
  if (wanted === null) {
    throw new Refusal(
      `${said}${read} has no current context: say which with --context. ${theOnes('context', names)}`,
    );
  }
  throw new Refusal(`${said}${read} has no context "${plain(wanted)}". ${meantOr('context', wanted, names)}`);
}
