/**
 * Exec over a WebSocket: channels of the remote command protocol, the first byte of each message. Instead of client-node's
 * Exec, which does not tell why an upgrade was refused, cannot be cancelled while it connects, and does not notice a
 * stream that ends without a status.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
import type { IncomingMessage } from 'node:http';
import { type RawData, WebSocket } from 'ws';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import type { ExecOptions, ExecResult, ExecTarget } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import { answeredFailure, type Asked } from './answers.ts';
import type { Connection } from './connection.ts';
import { connectionFailure, TimeLimit } from './connectionFailures.ts';
import { execRefused, exitCodeOf } from './execOutcome.ts';
import { objectPath } from './paths.ts';
import type { Transport } from './transport.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** Milliseconds between two calls of `onProgress`. */
const PROGRESS = 100;
const MAX_STDERR = 64 << 10;
/** The API server sends pieces of some 32 KiB. */
const MAX_MESSAGE = 16 << 20;

export async function execInPod(
  transport: Transport,
  target: ExecTarget,
  argv: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const asked: Asked = {
    verb: 'create',
    resource: 'pods/exec',
    namespace: target.namespace,
    name: target.pod,
  };
  const { signal } = options;
  const connection = await transport.credentials.current(signal);
  const exec = { target, argv, options, asked };
  try {
    return await new Execution(connection, exec).result;
  } catch (error) {
    if (!(error instanceof ClusterFailure) || error.kind !== 'unauthorized') throw error;
    const next = await transport.credentials.renewed(connection, signal);
    if (next === null) throw error;
    return new Execution(next, exec).result;
  }
}

interface Exec {
  readonly target: ExecTarget;
  readonly argv: readonly string[];
  readonly options: ExecOptions;
  readonly asked: Asked;
}

interface Settle {
  resolve(result: ExecResult): void;
  reject(failure: ClusterFailure): void;
}

class Execution {
  readonly result: Promise<ExecResult>;
  readonly #connection: Connection;
  readonly #exec: Exec;
  readonly #socket: WebSocket;
  readonly #stdout: Buffer[] = [];
  #bytes = 0;
  #toldAt = 0;
  #stderr = '';
  #status: JsonRecord | null = null;
  #timer: NodeJS.Timeout | null = null;
  #settle: Settle | null = null;

  constructor(connection: Connection, exec: Exec) {
    this.#connection = connection;
    this.#exec = exec;
    this.#socket = openSocket(connection, exec);
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#listen();
  }

  readonly #cancel = () => this.#fail(new ClusterFailure('cancelled', 'It was cancelled.'));

  #listen(): void {
    const { signal, timeout } = this.#exec.options;
    this.#timer = setTimeout(() => this.#timedOut(), timeout);
    signal.addEventListener('abort', this.#cancel, { once: true });
    this.#socket.on('message', (data) => this.#take(data));
    this.#socket.on('unexpected-response', (_, response) => void this.#refused(response));
    this.#socket.on('error', (error) => this.#fail(this.#connectionFailure(error)));
    this.#socket.on('close', (code, reason) => this.#closed(code, reason.toString('utf8')));
    if (signal.aborted) this.#cancel();
  }

  #take(data: RawData): void {
    const message = Buffer.isBuffer(data)
      ? data
      : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    const content = message.subarray(1);
    switch (message[0]) {
      case STDOUT:
        this.#takeOutput(content);
        break;
      case STDERR:
        if (this.#stderr.length < MAX_STDERR) this.#stderr += content.toString('utf8');
        break;
      case STATUS:
        this.#takeStatus(content.toString('utf8'));
        break;
      default:
    }
  }

  #takeOutput(content: Buffer): void {
    const { maxBytes, onProgress } = this.#exec.options;
    if (content.length === 0 || this.#settle === null) return;
    this.#bytes += content.length;
    if (this.#bytes > maxBytes) {
      const message = `${this.#program} wrote more than ${Math.round(maxBytes / (1 << 20))} MiB.`;
      this.#fail(new ClusterFailure('tooLarge', message));
      return;
    }
    this.#stdout.push(content);
    // The server sends pieces of some hundred bytes too.
    if (onProgress === undefined || Date.now() - this.#toldAt < PROGRESS) return;
    this.#toldAt = Date.now();
    onProgress(this.#bytes);
  }

  /** The status comes last: the program and its streams have ended. */
  #takeStatus(text: string): void {
    if (text === '') return;
    try {
      const status: unknown = JSON.parse(text);
      if (isRecord(status)) this.#status = status;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    this.#finish();
  }

  #finish(): void {
    if (this.#status === null || this.#settle === null) return;
    const stdout = Buffer.concat(this.#stdout);
    const stderr = this.#stderr.slice(0, MAX_STDERR);
    const { server } = this.#connection;
    try {
      const { asked } = this.#exec;
      const exitCode = exitCodeOf(this.#status, { program: this.#program, asked, server, stdout, stderr });
      this.#done()?.resolve({ stdout, stderr, exitCode });
    } catch (error) {
      this.#fail(this.#connectionFailure(error));
    }
  }

  #closed(code: number, reason: string): void {
    const why = reason === '' ? '' : `: ${reason}`;
    const words = `The stream of ${this.#program} was cut off after ${this.#bytes.toLocaleString('en')} bytes (${code})${why}.`;
    this.#fail(new ClusterFailure('cutOff', words));
  }

  #timedOut(): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      const words = `did not take the exec within ${this.#exec.options.timeout / 1000} s`;
      this.#fail(this.#connectionFailure(new TimeLimit(words)));
      return;
    }
    const words = `${this.#program} did not end within ${this.#exec.options.timeout / 1000} s.`;
    this.#fail(new ClusterFailure('timedOut', words));
  }

  /** The upgrade was refused: the answer says why. */
  async #refused(response: IncomingMessage): Promise<void> {
    let body = '';
    try {
      for await (const piece of response) {
        body += String(piece);
        if (body.length > MAX_STDERR) break;
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    const status = response.statusCode ?? 0;
    const failure = answeredFailure(status, body, this.#exec.asked, this.#connection.server);
    const itself = status === 401 || status === 403 || status === 404;
    this.#fail(itself ? failure : execRefused(statusMessage(body) ?? failure.message));
  }

  get #program(): string {
    return this.#exec.argv[0] ?? '';
  }

  /** An error after the stream stood cut it off; before, the server was not reached. */
  #connectionFailure(error: unknown): ClusterFailure {
    const failure = connectionFailure(error, this.#connection.server, this.#exec.options.signal);
    const stood = this.#socket.readyState !== WebSocket.CONNECTING && this.#socket.protocol !== '';
    if (!stood || error instanceof ClusterFailure || failure.kind === 'cancelled') {
      const refused =
        error instanceof Error && /subprotocol|Unexpected server response|Sec-WebSocket/i.test(error.message);
      return refused ? execRefused(error.message) : failure;
    }
    const words = `The stream of ${this.#program} was cut off after ${this.#bytes.toLocaleString('en')} bytes: ${failure.message}`;
    return new ClusterFailure('cutOff', words, { cause: error });
  }

  #fail(failure: ClusterFailure): void {
    this.#done()?.reject(failure);
  }

  /** Closes the socket for good; gives what to settle, once. */
  #done(): Settle | null {
    const settle = this.#settle;
    this.#settle = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#exec.options.signal.removeEventListener('abort', this.#cancel);
    // Nothing of ours is on its way to the server: there is nothing to wait for.
    this.#socket.terminate();
    return settle;
  }
}

function statusMessage(body: string): string | null {
  try {
    const status: unknown = JSON.parse(body);
    return isRecord(status) && typeof status['message'] === 'string' ? status['message'] : null;
  } catch (error) {
    if (error instanceof SyntaxError) return body.trim().slice(0, 1000);
    throw error;
  }
}

function openSocket({ server, options, headers }: Connection, { target, argv }: Exec): WebSocket {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  if (target.container !== null) query.set('container', target.container);
  for (const argument of argv) query.append('command', argument);
  const path = `${objectPath('pods', target.namespace, target.pod)}/exec?${query.toString()}`;
  return new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, protocols, {
    ...options,
    headers: { ...headers, 'User-Agent': 'kube-proxy-explorer' },
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE,
  });
}
