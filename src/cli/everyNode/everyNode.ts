/** Asks every node of a cluster, some at once, and hands each to a command as it answers. */
import { isClusterFailure, type ClusterFailure } from '../../cluster/failure.ts';
import { snapshotFiles } from '../../cluster/collect/snapshotFiles.ts';
import type { MissingFile } from '../../cluster/liveNode.ts';
import { livePath, liveScheme } from '../../protocol/liveUri.ts';
import { type ClusterObjects, objectsOfFile } from '../../kubeproxy/clusterObjects.ts';
import { nodeKeptWords } from '../../kubeproxy/mode/words.ts';
import { refuse, type ExitCode, type Terminal } from '../command.ts';
import type { LiveNodeGiven } from '../given.ts';
import { failureWords } from '../live/failureWords.ts';
import { listenForInterruption } from '../live/interruption.ts';
import { openContext, Refusal, type LiveCluster } from '../live/liveCluster.ts';
import { rulesOfTexts, type Rules } from '../readRules.ts';
import { plain } from '../terminal.ts';

/** What is known of a node beside its files. */
export interface ToldOfNode {
  /** Files that could not be had of it. */
  readonly missing: readonly MissingFile[];
  /** Sentences on what no file shows. */
  readonly warnings: readonly string[];
}

export interface EveryNode {
  /** A node that answered. May be called for several nodes in any order, never for two at once. */
  readonly answered: (node: string, rules: Rules, told: ToldOfNode) => void;
  /** One that could not be asked, or has no rules: a sentence. */
  readonly failed: (node: string, words: string) => void;
  /** Of which there is an answer already. */
  readonly skips: (node: string) => boolean;
  /** When all were asked, or somebody interrupted, or nobody reads any more: then nodes are `left`. `told` nodes are those of the cluster. */
  readonly done: (told: { readonly nodes: number; readonly left: number }) => ExitCode;
}

/** Nodes that are asked at one time. The machine of the API server has to carry the streams of all of them. */
const AT_ONCE = 16;

/** What a second try may cure. */
const PASSING: ReadonlySet<string> = new Set(['unreachable', 'timedOut', 'cutOff', 'execRefused', 'other']);

/** Gives the exit code of `done`, and 2 where there is no cluster to ask. A node that fails is asked once more, at the end. */
export async function useEveryNode(
  given: LiveNodeGiven,
  terminal: Terminal,
  use: EveryNode,
): Promise<ExitCode> {
  const interruption = listenForInterruption();
  const unread = new AbortController();
  const { progress } = terminal;
  let cluster: LiveCluster | null = null;
  try {
    const loaded = await terminal.loadCluster();
    if (loaded.kind === 'tooOld') return refuse(terminal, loaded.message);
    const signal = AbortSignal.any([interruption.signal, unread.signal]);
    cluster = await openContext(loaded.module, given, terminal, signal, AT_ONCE);
    const names = (await cluster.nodes()).map(({ name }) => name);
    if (names.length === 0) return refuse(terminal, 'The cluster has no node that could be asked.');
    const objects = objectsOfFile(await cluster.objects());
    const run = new Run(cluster, objects, { terminal, unread }, use, names);
    await run.ask(names.filter((name) => !use.skips(name)));
    progress.clear();
    const code = use.done({ nodes: names.length, left: run.left });
    return interruption.code ?? code;
  } catch (error) {
    progress.clear();
    if (interruption.code !== null) return interruption.code;
    if (error instanceof Refusal) return refuse(terminal, error.message);
    if (!isClusterFailure(error)) throw error;
    const asked = { context: cluster?.context ?? given.context ?? '', node: null };
    return refuse(terminal, failureWords(error, { ...asked, debugPod: false, ownCommand: false }));
  } finally {
    progress.clear();
    cluster?.close();
    interruption.dispose();
  }
}

class Run {
  readonly #cluster: LiveCluster;
  readonly #objects: ClusterObjects;
  readonly #terminal: Terminal;
  /** Aborted when nobody reads what is told any more (`| head`): who is still asked need not answer. */
  readonly #unread: AbortController;
  readonly #use: EveryNode;
  readonly #names: readonly string[];
  #answered = 0;
  #failed = 0;
  /** What was told is being handed to the reader; null where nothing is. */
  #handing: Promise<void> | null = null;
  /** How many were not asked to the end. */
  left = 0;

  constructor(
    cluster: LiveCluster,
    objects: ClusterObjects,
    reader: { readonly terminal: Terminal; readonly unread: AbortController },
    use: EveryNode,
    names: readonly string[],
  ) {
    this.#cluster = cluster;
    this.#objects = objects;
    this.#terminal = reader.terminal;
    this.#unread = reader.unread;
    this.#use = use;
    this.#names = names;
  }

  async ask(names: readonly string[]): Promise<void> {
    this.left = names.length;
    const again = await this.#round(names, true);
    await this.#round(again, false);
  }

  /** Those that are to be asked again. */
  async #round(names: readonly string[], mayFail: boolean): Promise<readonly string[]> {
    const waiting = [...names];
    const again: string[] = [];
    const work = async (): Promise<void> => {
      for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
        const failure = await this.#one(node);
        if (failure === 'cancelled' || this.#unread.signal.aborted) return;
        if (failure !== null && mayFail && PASSING.has(failure.kind)) {
          again.push(node);
          continue;
        }
        if (failure !== null) this.#fails(node, plain(failure.message));
        await this.#handOver();
        if (this.#unread.signal.aborted) return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return again;
  }

  async #one(node: string): Promise<ClusterFailure | 'cancelled' | null> {
    const { progress } = this.#terminal;
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    progress.show(`${this.#answered} of ${this.#names.length} nodes${failed}; asking ${node}`);
    try {
      const collected = await this.#cluster.collectQuietly(node);
      const files = new Map(snapshotFiles(collected, ''));
      files.delete('objects.json');
      const pathOf = (file: string): string =>
        `${liveScheme}:${livePath({ context: this.#cluster.context, node, file })}`;
      const reading = await rulesOfTexts(files, pathOf, (mode) =>
        Promise.resolve(`${node} has no iptables rules: ${nodeKeptWords(mode).join('; ')}`),
      );
      if (reading.kind === 'unreadable') this.#fails(node, reading.message);
      else {
        const { rules } = reading;
        const analysis = rules.analysis.withObjects(this.#objects);
        const missing = collected.missing.filter(({ shownElsewhere }) => shownElsewhere !== true);
        this.#use.answered(node, { ...rules, analysis }, { missing, warnings: collected.warnings });
        this.#answered++;
        this.left--;
      }
      return null;
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      return error.kind === 'cancelled' ? 'cancelled' : error;
    }
  }

  /** Answers go out as they come: kept till the end they would fill the memory, and an end that nobody expects would lose them. */
  async #handOver(): Promise<void> {
    this.#handing ??= this.#terminal.output.flush().finally(() => {
      this.#handing = null;
    });
    await this.#handing;
    if (this.#terminal.output.closed) this.#unread.abort();
  }

  #fails(node: string, words: string): void {
    this.#failed++;
    this.left--;
    this.#use.failed(node, words);
  }
}
