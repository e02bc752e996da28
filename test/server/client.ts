/** A client of the bundled server: a real process, real streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import {
  type CancellationToken,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { ClientCapabilities, PublishDiagnosticsParams } from 'vscode-languageserver';
import { factsChanged, type FactTexts, factTextsRequest } from '../../src/protocol/facts.ts';
import {
  documentChanged,
  openHeldRequest,
  type RequestName,
  siblingsChanged,
  siblingsRequest,
} from '../../src/protocol/requests.ts';

/** Bundles the server as `npm run build` does, into a folder that goes away. */
export async function bundleServer(): Promise<{ readonly path: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kube-proxy-server-'));
  const path = join(folder, 'server.cjs');
  await build({
    entryPoints: ['src/server/main.node.ts'],
    outfile: path,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export class Client {
  readonly connection: ProtocolConnection;
  /** The files that lie beside every document, by name. */
  readonly files = new Map<string, string>();
  /** Texts of any name that tell of every document's node. */
  facts: FactTexts = { given: [], unread: [], beside: [] };
  /** Where they lie. */
  folder = 'file:///node-1';
  readonly siblingsAsked: string[] = [];
  /** Whether a document is held, and opened by being asked for; a test may hold some. */
  openHeld: (uri: string) => Promise<boolean> = () => Promise.resolve(false);
  readonly #process: ChildProcess;
  readonly #published = new Map<string, PublishDiagnosticsParams>();
  readonly #listeners = new Set<() => void>();
  readonly #changed: string[] = [];

  constructor(serverPath: string) {
    this.#process = spawn(process.execPath, [serverPath, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout, stdin } = this.#process;
    if (stdout === null || stdin === null) throw new Error('The server has no streams.');
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onRequest(siblingsRequest.method, ({ uri }: { uri: string }) => {
      this.siblingsAsked.push(uri);
      const files = [...this.files].map(([name, text]) => [name, { uri: `${this.folder}/${name}`, text }]);
      return { files: Object.fromEntries(files) };
    });
    this.connection.onRequest(factTextsRequest.method, () => this.facts);
    this.connection.onRequest<boolean, unknown>(openHeldRequest.method, ({ uri }: { uri: string }) =>
      this.openHeld(uri),
    );
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.#published.set(params.uri, params);
      for (const listener of this.#listeners) listener();
    });
    this.connection.onNotification(documentChanged, ({ uri }: { uri: string }) => {
      this.#changed.push(uri);
    });
    this.connection.listen();
  }

  /** `capabilities`: what the editor says that it can. */
  async initialize(capabilities: ClientCapabilities = {}): Promise<unknown> {
    const result: unknown = await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  get running(): boolean {
    return this.#process.exitCode === null;
  }

  get changed(): readonly string[] {
    return this.#changed;
  }

  open(uri: string, text: string, languageId = 'iptables'): Promise<void> {
    const textDocument = { uri, languageId, version: 1, text };
    return this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Replaces the whole text. */
  change(uri: string, version: number, text: string): Promise<void> {
    return this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  giveFacts(uri: string, facts: FactTexts): Promise<void> {
    this.facts = facts;
    return this.connection.sendNotification(factsChanged, { uri });
  }

  siblingsChanged(uri: string): Promise<void> {
    return this.connection.sendNotification(siblingsChanged, { uri });
  }

  /** The diagnostics of a version, once they come. */
  diagnostics(uri: string, version = 1): Promise<PublishDiagnosticsParams> {
    return new Promise((resolve) => {
      const look = (): void => {
        const published = this.#published.get(uri);
        if (published === undefined || (published.version ?? version) < version) return;
        this.#listeners.delete(look);
        resolve(published);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** The diagnostics that the document has now; undefined where none came yet. */
  published(uri: string): PublishDiagnosticsParams | undefined {
    return this.#published.get(uri);
  }

  /** One of our own requests, typed. */
  ask<Params, Result>(
    request: RequestName<Params, Result>,
    params: Params,
    token?: CancellationToken,
  ): Promise<Result> {
    return token === undefined
      ? this.connection.sendRequest<Result>(request.method, params)
      : this.connection.sendRequest<Result>(request.method, params, token);
  }

  /** An LSP request about a place of a document. */
  at<Result>(method: string, uri: string, position: { line: number; character: number }): Promise<Result> {
    return this.connection.sendRequest<Result>(method, {
      textDocument: { uri },
      position,
      context: { includeDeclaration: true },
    });
  }

  stop(): void {
    this.connection.dispose();
    this.#process.kill();
  }
}
