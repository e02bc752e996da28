/** Opens the documents of live nodes, and reads nodes for them. */
import * as vscode from 'vscode';
import type { CollectedNode } from '../../cluster/liveNode.ts';
import type { LiveFiles } from '../documents/liveFiles.ts';
import { liveUri } from '../documents/snapshotUris.ts';
import { openLive, tooLarge } from '../documents/openLive.ts';
import { MOST_HANDED_OVER } from '../documents/vscodeLimits.ts';
import { inMessage, inPick } from '../plainText.ts';
import type { ClusterHost } from './clusterHost.ts';

/** A node of an opened context, or of one to be opened. */
export interface NodeName {
  readonly context: string;
  readonly node: string;
}

/** The documents of live nodes, by context and node. */
export class NodeDocuments {
  readonly #host: ClusterHost;
  readonly #files: LiveFiles;

  constructor(host: ClusterHost, files: LiveFiles) {
    this.#host = host;
    this.#files = files;
  }

  /** What is held of a node; null before it was read. */
  heldNow(name: NodeName): CollectedNode | null {
    return this.#files.collected(liveUri({ ...name, file: null }));
  }

  /** What is held of a node; reads it, with progress, when nothing is. Rejects with a `ClusterFailure`. */
  async held(name: NodeName): Promise<CollectedNode> {
    return this.heldNow(name) ?? this.read(name);
  }

  /** Reads a node, and says so with a way to take it back. Rejects with a `ClusterFailure`. */
  read(name: NodeName): Promise<CollectedNode> {
    const { context, node } = name;
    const title = vscode.l10n.t('Reading the rules of {0}', inMessage(node));
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return inOneProgress(options, (progress, token) =>
      this.#host.collect(context, node, {
        token,
        onProgress: (words) => progress.report({ message: inMessage(words) }),
      }),
    );
  }

  /** Reads those of the nodes that are not held, side by side with one progress. Resolves to what went wrong, by node. */
  async holdAll(names: readonly NodeName[]): Promise<ReadonlyMap<string, unknown>> {
    const missing = names.filter((name) => this.heldNow(name) === null);
    const failures = new Map<string, unknown>();
    if (missing.length === 0) return failures;
    const title = vscode.l10n.t('Reading the rules of {0} nodes', missing.length);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const increment = 100 / missing.length;
    await vscode.window.withProgress(options, (progress, token) => {
      const read = async ({ context, node }: NodeName): Promise<void> => {
        await this.#host
          .collect(context, node, { token })
          .catch((error: unknown) => failures.set(node, error));
        progress.report({ message: inMessage(node), increment });
      };
      return Promise.all(missing.map(read));
    });
    return failures;
  }

  /** Reads it while its row tells how far it is. Rejects with a `ClusterFailure`. */
  readInView({ context, node }: NodeName): Promise<CollectedNode> {
    const options = { location: { viewId: 'kubeProxy.clusters' } };
    return inOneProgress(options, () => this.#host.collect(context, node));
  }

  /** Shows the rules that are held: iptables', or nftables' where kube-proxy writes those. */
  async show(collected: CollectedNode): Promise<void> {
    const { context, node, files } = collected;
    const mode = this.#host.context(context)?.node(node)?.mode ?? null;
    const file = mode === 'nftables' && files.has('nft.txt') ? 'nft.txt' : 'iptables-save.txt';
    await this.showFile({ context, node }, file);
  }

  async showFile(name: NodeName, file: string): Promise<void> {
    const uri = liveUri({ ...name, file });
    const { size } = this.#files.stat(uri);
    if (size > MOST_HANDED_OVER) {
      await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
      void vscode.window.showWarningMessage(tooLarge(size));
      return;
    }
    const document = await openLive(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Asks which of the files that were read, and shows it. */
  async pickFile(name: NodeName): Promise<void> {
    const collected = await this.held(name);
    const { files, missing } = collected;
    const items = [
      ...Array.from(files, ([file, text]) => ({
        label: inPick(file),
        description: vscode.l10n.t('{0} lines', lineCount(text).toLocaleString()),
        file,
      })),
      ...missing.map(({ file, reason }) => ({
        label: `$(circle-slash) ${inPick(file)}`,
        description: inPick(reason),
        file: null,
      })),
    ];
    const placeHolder = vscode.l10n.t('Which file of {0}?', inPick(name.node));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
    if (typeof chosen?.file === 'string') await this.showFile(name, chosen.file);
  }
}

function inOneProgress<Value>(
  options: vscode.ProgressOptions,
  run: (
    progress: vscode.Progress<{ readonly message: string }>,
    token: vscode.CancellationToken,
  ) => Promise<Value>,
): Promise<Value> {
  return Promise.resolve(vscode.window.withProgress(options, run));
}

function lineCount(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
