/**
 * `kube-proxy-object:/kind-dev/services/default/web.yaml`: objects of open contexts as YAML that nobody can write to, read
 * when they are opened and again when the cluster says that they changed.
 */
import * as vscode from 'vscode';
import { isClusterFailure } from '../../cluster/failure.ts';
import type { ObjectChanges } from '../../kubernetes/objectChanges.ts';
import type { OpenObjectArgument } from '../../protocol/commands.ts';
import { decodePart, encodePart } from '../../protocol/liveUri.ts';
import type { ClusterHost } from '../clusters/clusterHost.ts';
import type { OpenContext } from '../clusters/openContext.ts';
import { visibleAtLength } from '../plainText.ts';
import { ReadOnlyFiles } from './readOnlyFiles.ts';

/** The scheme of objects' documents, which the manifest names too (`onFileSystem:`). */
export const objectScheme = 'kube-proxy-object';

interface ReadObject {
  readonly text: string;
  readonly changedAt: number;
}

const resources = ['services', 'endpointslices', 'nodes', 'pods', 'networkpolicies'] as const;

/**
 * The objects that were opened. One that was not read yet says in a comment what to do; a path that no object has is
 * not found.
 */
export class ObjectFiles extends ReadOnlyFiles implements vscode.Disposable {
  readonly #host: ClusterHost;
  /** Path → what was read. */
  readonly #objects = new Map<string, ReadObject>();
  readonly #subscription: vscode.Disposable;

  constructor(host: ClusterHost) {
    super();
    this.#host = host;
    this.#subscription = host.onDidOpen((context) => {
      context.onDidChangeObjects((changes) => void this.#follow(context, changes));
    });
  }

  /** Reads an object, and shows it. Rejects with a `ClusterFailure`. */
  async show(object: OpenObjectArgument): Promise<void> {
    const uri = objectUri(object);
    await this.#read(object);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, changedAt } = await this.#text(uri);
    const permissions = vscode.FilePermission.Readonly;
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: changedAt,
      size: new TextEncoder().encode(text).length,
      permissions,
    };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode((await this.#text(uri)).text);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  protected override reason(): string {
    return vscode.l10n.t('This was read from a live cluster, and nothing is ever written to one.');
  }

  /** An editor that came back with the window asks nobody: it says what to do. */
  async #text(uri: vscode.Uri): Promise<ReadObject> {
    const object = readObjectPath(uri.path);
    if (object === null) throw vscode.FileSystemError.FileNotFound(uri);
    const known = this.#objects.get(uri.path);
    if (known !== undefined) return known;
    const text = vscode.l10n.t(
      'Not read yet. Open the context {0} in the Clusters view, then the object.',
      object.context,
    );
    return { text: `# ${visibleAtLength(text)}\n`, changedAt: 0 };
  }

  async #read(object: OpenObjectArgument): Promise<void> {
    const { context, resource, namespace, name } = object;
    const { session } = await this.#host.open(context);
    const read = await session.read(resource, namespace, name, new AbortController().signal);
    this.#keep(objectUri(object), (await this.#host.module()).toYaml(read));
  }

  async #follow({ name: context }: OpenContext, { changes }: ObjectChanges): Promise<void> {
    for (const { resource: changed, key, object } of changes) {
      const resource = resources.find((each) => each === changed);
      if (resource === undefined) continue;
      const slash = key.indexOf('/');
      const [namespace, name] = slash < 0 ? [null, key] : [key.slice(0, slash), key.slice(slash + 1)];
      const about = { context, resource, namespace, name };
      const uri = objectUri(about);
      if (!this.#objects.has(uri.path) || !isOpen(uri)) continue;
      if (object === null) this.#keep(uri, `# ${vscode.l10n.t('This object was deleted.')}\n`);
      else await this.#read(about).catch((error: unknown) => this.#excuse(uri, error));
    }
  }

  #excuse(uri: vscode.Uri, error: unknown): void {
    if (!isClusterFailure(error)) throw error;
    this.#keep(uri, `# ${visibleAtLength(error.message)}\n`);
  }

  #keep(uri: vscode.Uri, text: string): void {
    const before = this.#objects.get(uri.path);
    if (before?.text === text) return;
    this.#objects.set(uri.path, { text, changedAt: Math.max(Date.now(), (before?.changedAt ?? 0) + 1) });
    this.changed([uri]);
  }
}

function objectUri({ context, resource, namespace, name }: OpenObjectArgument): vscode.Uri {
  const parts = [context, resource, ...(namespace === null ? [] : [namespace]), `${name}.yaml`];
  return vscode.Uri.from({ scheme: objectScheme, path: `/${parts.map(encodePart).join('/')}` });
}

/** Null for a path that no object has. */
function readObjectPath(path: string): OpenObjectArgument | null {
  const [context, word, ...rest] = path.split('/').slice(1).map(decodePart);
  const [namespace, file] = rest.length === 2 ? rest : [null, rest[0]];
  const resource = resources.find((each) => each === word);
  if (typeof context !== 'string' || resource === undefined || typeof file !== 'string') return null;
  return { context, resource, namespace: namespace ?? null, name: file.replace(/\.yaml$/, '') };
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}
