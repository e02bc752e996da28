/**
 * `kube-proxy:/kind-dev/node-1/iptables-save` and the other files that were read from a node, as a file system that nobody
 * can write to. It holds what was read, in memory, and asks nobody: a document whose node was not read (a window that came
 * back) says in a comment what to do, and gets its text in place when the node is read.
 */
import * as vscode from 'vscode';
import type { CollectedNode } from '../../cluster/liveNode.ts';
import { snapshotJson } from '../../cluster/collect/snapshotFiles.ts';
import { liveRulesNames, livePath, type LiveAddress } from '../../protocol/liveUri.ts';
import { visible } from '../plainText.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';
import { liveAddress, liveUri } from './snapshotUris.ts';

interface HeldFile {
  readonly text: string;
  /** Milliseconds; of the last change of the text. */
  readonly changedAt: number;
}

interface HeldNode {
  readonly collected: CollectedNode;
  readonly files: ReadonlyMap<string, HeldFile>;
}

const documents = new Set(liveRulesNames.map((name) => documentFile(name)));

const nothing: LiveAddress = { context: '', node: null, file: null };

/** The files of all nodes that were read, until the window closes. A node that is read again replaces its files. */
export class LiveFiles extends ReadOnlyFiles {
  /** Path of the node's folder → what was read. */
  readonly #nodes = new Map<string, HeldNode>();
  readonly #read = new vscode.EventEmitter<void>();
  /** A node was read, whether it said anything new or not. */
  readonly onDidRead = this.#read.event;

  /** What was read last from the node of a live document; null where nothing was. */
  collected(uri: vscode.Uri): CollectedNode | null {
    const address = liveAddress(uri);
    return address === null ? null : (this.#node(address)?.collected ?? null);
  }

  /** Takes over what was read. Only a file that says something else than before counts as changed. */
  update(collected: CollectedNode): void {
    const { context, node } = collected;
    const before = this.#nodes.get(livePath({ context, node, file: null }));
    const files = new Map<string, HeldFile>();
    const texts = [...collected.files, ['snapshot.json', snapshotJson(collected)] as const];
    for (const [name, text] of texts) files.set(name, newer(before?.files.get(name), text));
    this.#nodes.set(livePath({ context, node, file: null }), { collected, files });
    this.#tell(collected, before, files);
    this.#read.fire();
  }

  /** Whether a node's file is held: a document that only says why it is not does not count. */
  holds(uri: vscode.Uri): boolean {
    const address = liveAddress(uri);
    return address !== null && this.#file(address) !== null;
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const address = liveAddress(uri);
    const permissions = vscode.FilePermission.Readonly;
    if (address?.file === null) {
      return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0, permissions };
    }
    const size = this.readFile(uri).length;
    const mtime = (address === null ? null : this.#file(address))?.changedAt ?? 0;
    return { type: vscode.FileType.File, ctime: 0, mtime, size, permissions };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const address = liveAddress(uri);
    const files = address === null ? [] : [...(this.#node(address)?.files.keys() ?? [])];
    return files.map((file) => {
      const path = livePath({ context: '', node: null, file });
      return [path.slice(path.lastIndexOf('/') + 1), vscode.FileType.File];
    });
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return new TextEncoder().encode(this.#text(uri));
  }

  protected override reason(): string {
    return vscode.l10n.t('This was read from a live node, and nothing is ever written to one.');
  }

  #text(uri: vscode.Uri): string {
    const { context, node, file } = liveAddress(uri) ?? nothing;
    if (node === null || file === null) throw vscode.FileSystemError.FileNotFound(uri);
    const held = this.#file({ context, node, file });
    if (held !== null) return held.text;
    if (!documents.has(file)) throw vscode.FileSystemError.FileNotFound(uri);
    return this.#excuse(context, node, file);
  }

  #node({ context, node }: LiveAddress): HeldNode | null {
    return this.#nodes.get(livePath({ context, node, file: null })) ?? null;
  }

  #file(address: LiveAddress): HeldFile | null {
    return address.file === null ? null : (this.#node(address)?.files.get(address.file) ?? null);
  }

  #tell(
    { context, node }: CollectedNode,
    before: HeldNode | undefined,
    files: ReadonlyMap<string, HeldFile>,
  ): void {
    const names = new Set([...documents, ...(before?.files.keys() ?? []), ...files.keys()]);
    const changed = [...names].filter(
      (name) => before === undefined || before.files.get(name) !== files.get(name),
    );
    this.changed(changed.map((file) => liveUri({ context, node, file })));
  }

  /** Comments in place of rules: what is so, and what to do. */
  #excuse(context: string, node: string, file: string): string {
    const collected = this.#node({ context, node, file })?.collected;
    if (collected === undefined) {
      const read = vscode.l10n.t('The rules of {0} were not read yet.', visible(node));
      const todo = vscode.l10n.t(
        'Open the context {0} in the Clusters view, then the node.',
        visible(context),
      );
      return `# ${read}\n# ${todo}\n`;
    }
    const reason = collected.missing.find((each) => each.file === file)?.reason ?? '';
    const without = vscode.l10n.t('There is no {0} of {1}.', file, visible(node));
    return `# ${without}\n${reason === '' ? '' : `# ${visible(reason)}\n`}`;
  }
}

/** The file as it was where the text says the same: then editors keep theirs, and nothing is parsed again. */
function newer(before: HeldFile | undefined, text: string): HeldFile {
  if (before !== undefined && saysTheSame(before.text, text)) return before;
  return { text, changedAt: Math.max(Date.now(), (before?.changedAt ?? 0) + 1) };
}

/** Whether two dumps differ in nothing but when they were made. */
function saysTheSame(before: string, after: string): boolean {
  return before === after || withoutTimes(before) === withoutTimes(after);
}

/**
 * `# Generated by iptables-save v1.8.9 on Sat Nov 21 03:31:10 2026` → `# Generated by iptables-save v1.8.9`, and without
 * the time in `snapshot.json`.
 */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/^(# (?:Generated by .*|Completed)) on .*$/gm, '$1')
    .replace(/^ {2}"taken": ".*",$/m, '');
}

/** `ipset` → `ipset-save.txt` */
function documentFile(name: string): string {
  return liveAddress(vscode.Uri.from({ scheme: 'kube-proxy', path: `/c/n/${name}` }))?.file ?? name;
}
