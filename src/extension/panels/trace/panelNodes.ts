/** The other nodes of a trace panel's cluster: opens rules that are held, gets those that are not, asks which to compare. */
import * as vscode from 'vscode';
import type { ClusterHost } from '../../clusters/clusterHost.ts';
import type { NodeDocuments, NodeName } from '../../clusters/nodeDocuments.ts';
import type { LiveFiles } from '../../documents/liveFiles.ts';
import { openLive } from '../../documents/openLive.ts';
import { liveAddress, liveUri } from '../../documents/snapshotUris.ts';
import { inPick } from '../../plainText.ts';

interface Chosen {
  /** Null when the user takes it back. */
  readonly uris: readonly string[] | null;
  readonly problem: string | null;
}

/** What clusters give; set when they are there, and they come after the panels. */
interface Clusters {
  readonly host: ClusterHost;
  readonly documents: NodeDocuments;
}

/** What trace panels ask of clusters. Before `use`, no node can be read; documents that are held open all the same. */
export class PanelNodes {
  readonly #files: LiveFiles;
  #clusters: Clusters | null = null;

  constructor(files: LiveFiles) {
    this.#files = files;
  }

  /** A node was read, whether it said anything new or not. */
  get onDidRead(): vscode.Event<void> {
    return this.#files.onDidRead;
  }

  use(clusters: Clusters): void {
    this.#clusters = clusters;
  }

  /** When the rules of a live document were taken, in milliseconds since the epoch; null for any other. */
  takenAt(uri: vscode.Uri): number | null {
    return this.#files.collected(uri)?.takenAt ?? null;
  }

  /** Opens a document for the server, if its text is here: nobody is asked for it. False where it is not. */
  async openHeld(uri: vscode.Uri): Promise<boolean> {
    if (liveAddress(uri) !== null && !this.#files.holds(uri)) return false;
    try {
      await openLive(uri);
      return true;
    } catch {
      // Beside a saved snapshot there need not be another node's.
      return false;
    }
  }

  /** Reads the node of a live document, and opens that. `problem`: why it could not be read. */
  async getRules(uri: vscode.Uri): Promise<{ readonly problem: string | null }> {
    const name = nameOf(uri);
    if (name === null || this.#clusters === null) {
      return { problem: vscode.l10n.t('{0} cannot be read.', uri.path) };
    }
    return { problem: await this.#read(name, uri) };
  }

  /** Asks on which nodes of its cluster to trace, and gets the rules of those that were not read yet. */
  async choose(own: vscode.Uri): Promise<Chosen> {
    const name = nameOf(own);
    if (name === null) return { uris: null, problem: null };
    const chosen = await this.#pick(name);
    if (chosen === null) return { uris: null, problem: null };
    const names = chosen.map((node) => ({ context: name.context, node }));
    const failures = await this.#clusters?.documents.holdAll(names);
    const read = names.filter(({ node }) => failures?.has(node) !== true);
    const uris = read.map(({ context, node }) =>
      liveUri({ context, node, file: liveAddress(own)?.file ?? null }),
    );
    await Promise.all(uris.map(openLive));
    const problems = Array.from(failures ?? [], ([node, error]) =>
      vscode.l10n.t('{0} could not be read: {1}', node, messageOf(error)),
    );
    return {
      uris: uris.map((uri) => uri.toString()),
      problem: problems.length === 0 ? null : problems.join(' '),
    };
  }

  async #read(name: NodeName, uri: vscode.Uri): Promise<string | null> {
    try {
      await this.#clusters?.documents.held(name);
      await openLive(uri);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** All nodes of the context; those that were read are checked. */
  async #pick({ context, node: own }: NodeName): Promise<readonly string[] | null> {
    if (this.#clusters === null) return null;
    const { session } = await this.#clusters.host.open(context);
    const items = session.nodes.map(({ name, held, mode }) => ({
      label: inPick(name),
      description: [mode ?? '', held === null ? vscode.l10n.t('not read yet') : '']
        .filter((part) => part !== '')
        .join(' · '),
      picked: held !== null || name === own,
      node: name,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      title: vscode.l10n.t('Trace on Several Nodes'),
      placeHolder: vscode.l10n.t('On which nodes of {0}?', inPick(context)),
    });
    return chosen === undefined ? null : chosen.map(({ node }) => node);
  }
}

function nameOf(uri: vscode.Uri): NodeName | null {
  const address = liveAddress(uri);
  return address === null || address.node === null ? null : { context: address.context, node: address.node };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
