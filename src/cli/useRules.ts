/** The rules that a command works on: of files, or of a live node. */
import { snapshotFiles } from '../cluster/collect/snapshotFiles.ts';
import { isClusterFailure } from '../cluster/failure.ts';
import type { MissingFile } from '../cluster/liveNode.ts';
import type { FlowForm } from '../kubeproxy/form/flowForm.ts';
import type { NodeMode } from '../kubeproxy/mode/mode.ts';
import { nodeKeptWords } from '../kubeproxy/mode/words.ts';
import { unreadWords } from '../kubeproxy/unread.ts';
import { livePath, liveScheme } from '../protocol/liveUri.ts';
import { refuse, type ExitCode, type Terminal } from './command.ts';
import type { LiveNodeGiven, RulesGiven } from './given.ts';
import { besideFolder, type OtherNode } from './otherNodes.ts';
import { chooseNode, unknownNode } from './live/chooseNode.ts';
import { failureWords, sourceNote } from './live/failureWords.ts';
import { listenForInterruption } from './live/interruption.ts';
import { openContext, Refusal, type LiveCluster } from './live/liveCluster.ts';
import { readRules, rulesOfTexts, type Rules, type RulesReading } from './readRules.ts';
import { plain } from './terminal.ts';

/** A live node that was collected, and the cluster that it is of. */
export interface Live {
  readonly cluster: LiveCluster;
  readonly node: string;
  /** The node's snapshot: file name → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Aborts where the user interrupts. */
  readonly signal: AbortSignal;
  /** What could not be had. */
  readonly missing: readonly MissingFile[];
}

/** `otherNode`: what is had, or can be got, of another node of the same cluster. `live`: null for rules of files. */
type Use = (rules: Rules, otherNode: OtherNode, live: Live | null) => Promise<ExitCode> | ExitCode;

/**
 * Calls `use` with the rules that `given` names, and gives its exit code. Where they cannot be had, that is told on
 * standard error and the code is 2. `form`: the packet that is asked about, if one is.
 */
export async function useRules(
  given: RulesGiven,
  terminal: Terminal,
  use: Use,
  form: FlowForm | null = null,
): Promise<ExitCode> {
  const useReading = async (reading: RulesReading, live: Live | null): Promise<ExitCode> => {
    if (reading.kind === 'unreadable') return refuse(terminal, reading.message);
    const { rules } = reading;
    rules.warnings.forEach((warning) => terminal.complain(warning));
    return use(rules, live === null ? besideFolder(rules) : inCluster(live, terminal), live);
  };
  if (given.kind === 'path') return useReading(await readRules(given.path, given.facts, given.patches), null);
  return useNode(given, terminal, async (live) => useReading(await rulesOf(live, given.facts), live), form);
}

/** Tells on standard error what could not be read: what a command shows would be surer than it can be without it. */
export function tellUnread(
  { analysis }: Pick<Rules, 'analysis'>,
  { complain }: Pick<Terminal, 'complain'>,
): void {
  const words = unreadWords(analysis);
  if (words !== null) complain(words);
}

/** Asks further nodes of the cluster. One that cannot be asked is told, and what goes there is not followed. */
function inCluster({ cluster, signal }: Live, { complain }: Terminal): OtherNode {
  return async (node) => {
    try {
      const reading = await rulesOf(await collectNode(cluster, node, signal, complain));
      if (reading.kind === 'rules') return reading.rules.analysis;
      complain(reading.message);
    } catch (error) {
      if (!isClusterFailure(error) || error.kind === 'cancelled') throw error;
      complain(`The rules of ${plain(node)} could not be read: ${plain(error.message)}`);
    }
    return null;
  };
}

/** Calls `use` with a collected node; the cluster is closed when it is done, or when the user interrupts. */
export async function useNode(
  given: LiveNodeGiven,
  terminal: Terminal,
  use: (live: Live) => Promise<ExitCode>,
  form: FlowForm | null = null,
): Promise<ExitCode> {
  const interruption = listenForInterruption();
  const { progress, complain } = terminal;
  const asked = { context: given.context ?? '', node: given.node };
  let cluster: LiveCluster | null = null;
  try {
    const loaded = await terminal.loadCluster();
    if (loaded.kind === 'tooOld') return refuse(terminal, loaded.message);
    cluster = await openContext(loaded.module, given, terminal, interruption.signal);
    asked.context = cluster.context;
    asked.node = await chooseNode(cluster, form, given.node, terminal);
    const live = await collectNode(cluster, asked.node, interruption.signal, complain);
    return await use(live);
  } catch (error) {
    progress.clear();
    if (interruption.code !== null) return interruption.code;
    if (error instanceof Refusal) return refuse(terminal, error.message);
    if (!isClusterFailure(error)) throw error;
    const unknown = cluster && asked.node !== null ? unknownNode(cluster, asked.node) : null;
    return refuse(
      terminal,
      unknown ??
        failureWords(error, {
          ...asked,
          debugPod: given.debugPod,
          ownCommand: given.command.length > 0,
        }),
    );
  } finally {
    progress.clear();
    cluster?.close();
    interruption.dispose();
  }
}

/** Asks a node, and tells what is not the plain case. */
async function collectNode(
  cluster: LiveCluster,
  node: string,
  signal: AbortSignal,
  complain: Terminal['complain'],
): Promise<Live> {
  const { collected, objects } = await cluster.collect(node);
  const source = sourceNote(collected);
  if (source !== null) complain(source);
  for (const warning of collected.warnings)
    complain(`${plain(node)}: ${plain(warning).replace(/[^.]$/, '$&.')}`);
  if (typeof objects === 'string') {
    return { cluster, node, signal, files: snapshotFiles(collected, objects), missing: collected.missing };
  }
  complain(
    `The cluster's objects could not be read, so Services and Pods have no names here: ${plain(objects.message)}`,
  );
  const missing = [...collected.missing, { file: 'objects.json', reason: objects.message }];
  const files = new Map(snapshotFiles({ ...collected, missing }, ''));
  files.delete('objects.json');
  return { cluster, node, signal, files, missing };
}

/** The rules of a collected node. */
function rulesOf({ cluster, node, files }: Live, facts: readonly string[] = []): Promise<RulesReading> {
  const pathOf = (file: string): string =>
    `${liveScheme}:${livePath({ context: cluster.context, node, file })}`;
  return rulesOfTexts(files, pathOf, (mode) => Promise.resolve(noRulesOn(node, mode)), facts);
}

function noRulesOn(node: string, mode: NodeMode): string {
  const name = plain(node);
  const kept = nodeKeptWords(mode).map(plain).join('; ');
  return kept === ''
    ? `${name} has no iptables rules, of kube-proxy or anybody else.`
    : `${name} has no iptables rules: ${kept}. "snapshot" saves what it has.`;
}
