/** One exec: collects what its stream gives, until its status, a limit, or somebody who cancels it. */
import { type JsonRecord, parseRecord } from '../../text/json.ts';
import type { ExecOptions, ExecResult, ExecTarget } from '../clusterApi.ts';
import { ClusterFailure, isClusterFailure } from '../failure.ts';
import { answeredFailure, type Asked } from './answers.ts';
import type { Connection } from './connection.ts';
import { connectionFailure, TimeLimit } from './connectionFailures.ts';
import { execRefused, exitCodeOf } from './execOutcome.ts';
import type { OpenStream, RemoteStream } from './remoteStream.ts';
import { openSpdy } from './spdyStream.ts';
import type { Transport } from './transport.ts';
import { openWebSocket } from './webSocketStream.ts';

/** Milliseconds between two calls of `onProgress`. */
const PROGRESS = 100;
const MAX_STDERR = 64 << 10;

/** Over a WebSocket, or where the right to its GET is missing over SPDY; after a 401 once more. */
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
  const exec = { target, argv, options, asked };
  const { signal } = options;
  const connection = await transport.credentials.current(signal);
  try {
    return await overEither(connection, exec);
  } catch (error) {
    if (!isClusterFailure(error) || error.kind !== 'unauthorized') throw error;
    const next = await transport.credentials.renewed(connection, signal);
    if (next === null) throw error;
    return overEither(next, exec);
  }
}

async function overEither(connection: Connection, exec: Exec): Promise<ExecResult> {
  try {
    return await new Execution(connection, exec, openWebSocket).result;
  } catch (error) {
    if (!isClusterFailure(error) || error.kind !== 'forbidden') throw error;
    return overSpdy(connection, exec, error);
  }
}

/** A server that does not speak SPDY leaves it at what was said of the WebSocket. */
async function overSpdy(connection: Connection, exec: Exec, before: ClusterFailure): Promise<ExecResult> {
  try {
    return await new Execution(connection, exec, openSpdy).result;
  } catch (error) {
    if (!isClusterFailure(error) || error.kind !== 'execRefused') throw error;
    throw before;
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
  readonly #stream: RemoteStream;
  readonly #stdout: Buffer[] = [];
  #bytes = 0;
  #toldAt = 0;
  #stderr = '';
  readonly #timer: NodeJS.Timeout;
  #settle: Settle | null = null;

  constructor(connection: Connection, exec: Exec, open: OpenStream) {
    this.#connection = connection;
    this.#exec = exec;
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const { signal, timeout } = exec.options;
    this.#timer = setTimeout(() => this.#timedOut(), timeout);
    this.#stream = open(connection, exec, {
      stdout: (bytes) => this.#takeOutput(bytes),
      stderr: (bytes) => {
        if (this.#stderr.length < MAX_STDERR) this.#stderr += bytes.toString('utf8');
      },
      status: (status) => this.#finish(status),
      refused: (status, body) => this.#refused(status, body),
      failed: (error) => this.#fail(this.#failureOf(error)),
      closed: (how) => this.#fail(new ClusterFailure('cutOff', `${this.#cutWords} (${how}).`)),
    });
    signal.addEventListener('abort', this.#cancel, { once: true });
    if (signal.aborted) this.#cancel();
  }

  readonly #cancel = () => this.#fail(new ClusterFailure('cancelled', 'It was cancelled.'));

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

  #finish(status: JsonRecord): void {
    if (this.#settle === null) return;
    const stdout = Buffer.concat(this.#stdout);
    const stderr = this.#stderr.slice(0, MAX_STDERR);
    const { server } = this.#connection;
    try {
      const { asked } = this.#exec;
      const exitCode = exitCodeOf(status, { program: this.#program, asked, server, stdout, stderr });
      this.#done()?.resolve({ stdout, stderr, exitCode });
    } catch (error) {
      this.#fail(this.#failureOf(error));
    }
  }

  #timedOut(): void {
    const limit = `${this.#exec.options.timeout / 1000} s`;
    const failure = this.#stream.stands
      ? new ClusterFailure('timedOut', `${this.#program} did not end within ${limit}.`)
      : this.#failureOf(new TimeLimit(`did not take the exec within ${limit}`));
    this.#fail(failure);
  }

  /** The server answered in place of the upgrade: it says why. */
  #refused(status: number, body: string): void {
    const failure = answeredFailure(status, body, this.#exec.asked, this.#connection.server);
    const itself = status === 401 || status === 403 || status === 404;
    const words = parseRecord(body)?.['message'];
    this.#fail(
      itself ? failure : execRefused(typeof words === 'string' && words !== '' ? words : failure.message),
    );
  }

  get #program(): string {
    return this.#exec.argv[0] ?? '';
  }

  get #cutWords(): string {
    return `The stream of ${this.#program} was cut off after ${this.#bytes.toLocaleString('en')} bytes`;
  }

  /** An error after the stream stood cut it off; before, the server was not reached. */
  #failureOf(error: unknown): ClusterFailure {
    const failure = connectionFailure(error, this.#connection, this.#exec.options.signal);
    if (isClusterFailure(error) || failure.kind === 'cancelled') return failure;
    if (this.#stream.stands) {
      return new ClusterFailure('cutOff', `${this.#cutWords}: ${failure.message}`, { cause: error });
    }
    const refused =
      error instanceof Error && /subprotocol|Unexpected server response|Sec-WebSocket/i.test(error.message);
    return refused ? execRefused(error.message) : failure;
  }

  #fail(failure: ClusterFailure): void {
    this.#done()?.reject(failure);
  }

  /** Closes the stream for good; gives what to settle, once. */
  #done(): Settle | null {
    const settle = this.#settle;
    this.#settle = null;
    clearTimeout(this.#timer);
    this.#exec.options.signal.removeEventListener('abort', this.#cancel);
    this.#stream.terminate();
    return settle;
  }
}
