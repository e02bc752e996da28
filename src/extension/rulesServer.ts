/** The language server as the rest of the extension sees it: started by the first who asks, never by activation. */
import * as vscode from 'vscode';
import {
  type FileProgress,
  type HeldFile,
  holdFileRequest,
  releaseFileRequest,
  type RequestName,
} from '../protocol/requests.ts';
import type { ClientHost, Connection } from './client.ts';

/** The request was taken back, or the rules changed while it ran: not an error, ask again if it still matters. */
export class RequestCancelled extends Error {
  override readonly name = 'RequestCancelled';
}

/** LSP: RequestCancelled, ContentModified, ServerCancelled. */
const cancelledCodes: readonly unknown[] = [-32800, -32801, -32802];

/** What the server asks of the rest of the extension. */
type ServerHost = Pick<ClientHost, 'live' | 'facts' | 'copies' | 'openHeld'>;

/** One server for all documents of the window. */
export class RulesServer implements vscode.Disposable {
  readonly #connectTo: (host: ClientHost) => Promise<Connection>;
  readonly #changed = new vscode.EventEmitter<string>();
  /** Fires with the document whose trees and traces may have changed. */
  readonly onDidChangeRules = this.#changed.event;
  readonly #started = new vscode.EventEmitter<void>();
  /** Fires with each new process, before it is asked anything. */
  readonly onDidStart = this.#started.event;
  readonly #progress = new vscode.EventEmitter<FileProgress>();
  /** Fires while a file is read that is to be held. */
  readonly onDidReadPiece = this.#progress.event;
  readonly #host: ServerHost;
  /** The files that the server holds without a document. */
  readonly #held = new Set<string>();
  #connection: Promise<Connection> | null = null;
  /** Once it answers. */
  #running: Connection | null = null;

  constructor(connect: (host: ClientHost) => Promise<Connection>, host: ServerHost) {
    this.#connectTo = connect;
    this.#host = host;
  }

  get started(): boolean {
    return this.#connection !== null;
  }

  /** Rejects when the server does not start; then it stays so until `restart`, lest every question starts a process. */
  start(): Promise<Connection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async restart(): Promise<void> {
    const running = this.#connection;
    this.#connection = null;
    this.#running = null;
    await (await running?.catch(() => null))?.stop();
    await this.start();
  }

  /** Shows the log; starts the server when nobody has yet, as there is no log before. */
  async showLog(): Promise<void> {
    (await this.start()).showLog();
  }

  /** Asks about the rules in `params.uri`. Rejects with `RequestCancelled`, or with an error that has the server's message. */
  async request<Params extends { readonly uri: string }, Result>(
    name: RequestName<Params, Result>,
    params: Params,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    return this.send(name.method, params.uri, params, token);
  }

  /** Whether the server has a file without a document of an editor. */
  holds(uri: string): boolean {
    return this.#held.has(uri);
  }

  /** Has the server read a file of this machine, of any size, and hold it until `release`. Rejects as `request` does. */
  async hold(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<HeldFile> {
    const held = await this.ask(holdFileRequest, { uri: uri.toString(), path: uri.fsPath }, token);
    if (held.kind === 'held') this.#held.add(uri.toString());
    return held;
  }

  /** Gives the memory of a held file back. */
  async release(uri: vscode.Uri): Promise<void> {
    this.#held.delete(uri.toString());
    await this.ask(releaseFileRequest, { uri: uri.toString() });
  }

  /** Tells the server something; one that does not run is not started for it (see `onDidStart`). */
  notify(method: string, params: unknown): void {
    this.#running?.notify(method, params);
  }

  /** Asks about no document. Rejects as `request` does. */
  async ask<Params, Result>(
    name: RequestName<Params, Result>,
    params: Params,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    const connection = await this.start();
    return answerOf(connection.request<Result>(name.method, params, token), token);
  }

  /** As `request`, for the methods of LSP itself. */
  async send<Result>(
    method: string,
    uri: string,
    params: unknown,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    const connection = await this.start();
    // Opening it hands the text to the server; a document that nobody shows is closed again by VS Code.
    if (!this.holds(uri)) await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
    return answerOf(connection.request<Result>(method, params, token), token);
  }

  dispose(): void {
    vscode.Disposable.from(this.#changed, this.#started, this.#progress).dispose();
    void this.#connection?.then((connection) => connection.stop()).catch(() => undefined);
  }

  async #connect(): Promise<Connection> {
    const connection = await this.#connectTo({
      ...this.#host,
      holds: (uri) => this.holds(uri),
      rulesChanged: (uri) => this.#changed.fire(uri),
      fileProgressed: (progress) => this.#progress.fire(progress),
    });
    this.#running = connection;
    this.#started.fire();
    await this.#holdAgain(connection);
    return connection;
  }

  /** A new process holds nothing yet. A file that is gone by now is not held any more. */
  async #holdAgain(connection: Connection): Promise<void> {
    for (const uri of this.#held) {
      const params = { uri, path: vscode.Uri.parse(uri, true).fsPath };
      const { kind } = await connection.request<HeldFile>(holdFileRequest.method, params);
      if (kind === 'refused') this.#held.delete(uri);
    }
  }
}

async function answerOf<Result>(
  answer: Promise<Result>,
  token: vscode.CancellationToken | undefined,
): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    if (token?.isCancellationRequested === true || isCancelled(error)) throw new RequestCancelled();
    throw new Error(serverMessage(error), { cause: error });
  }
}

/** The client puts `Request kubeProxy/trace failed with message: ` in front of what the server said. */
function serverMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Request \S+ failed with message: /, '');
}

function isCancelled(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && cancelledCodes.includes(error.code)
  );
}
