/**
 * Exec over a WebSocket by client-node's Exec, which asks for it and tells its channels apart. The socket under it is ours:
 * the library's WebSocketHandler does not tell why an upgrade was refused, cannot be ended while it connects, keeps a
 * stream's end without a status to itself, throws where nobody catches, and closes this program's own stdout when the
 * server says so.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Exec } from '@kubernetes/client-node/dist/exec.js';
import {
  WebSocketHandler,
  type WebSocketInterface,
} from '@kubernetes/client-node/dist/web-socket-handler.js';
import { Writable } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import { isRecord } from '../../text/json.ts';
import type { Connection } from './connection.ts';
import { type ExecRequest, MAX_STATUS, type RemoteStream, type StreamEvents } from './remoteStream.ts';
import { readAnswer } from './upgradeAnswer.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const { StdoutStream, StderrStream, StatusStream } = WebSocketHandler;
/** The API server sends pieces of some 32 KiB. */
const MAX_MESSAGE = 16 << 20;

/** Begins at once, with the GET of the upgrade. */
export function openWebSocket(
  connection: Connection,
  { target, argv }: ExecRequest,
  events: StreamEvents,
): RemoteStream {
  const sockets = new OneSocket(connection, events);
  // Of the kubeconfig it takes only what the socket needs, which has that already.
  new Exec(new KubeConfig(), sockets)
    .exec(
      encodeURIComponent(target.namespace),
      encodeURIComponent(target.pod),
      target.container ?? '',
      [...argv],
      writable((bytes) => events.stdout(bytes)),
      writable((bytes) => events.stderr(bytes)),
      null,
      false,
      (status) => {
        if (isRecord(status)) events.status(status);
      },
    )
    .catch((error: unknown) => events.failed(error instanceof Error ? error : new Error(String(error))));
  return sockets;
}

/** Gives each piece on at once: what reads is bounded by `maxBytes`, not by waiting. */
function writable(take: (bytes: Buffer) => void): Writable {
  return new Writable({
    write: (piece: Buffer, _, done) => {
      take(piece);
      done();
    },
  });
}

/** What Exec gets its one socket from, and what ends that socket. */
class OneSocket implements WebSocketInterface, RemoteStream {
  readonly #connection: Connection;
  readonly #events: StreamEvents;
  #socket: WebSocket | null = null;
  /** A status came: Exec has ended the streams that it writes to. */
  #ended = false;

  constructor(connection: Connection, events: StreamEvents) {
    this.#connection = connection;
    this.#events = events;
  }

  get stands(): boolean {
    const socket = this.#socket;
    return socket !== null && socket.readyState !== WebSocket.CONNECTING && socket.protocol !== '';
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  connect(
    path: string,
    _: unknown,
    take: ((channel: number, content: Buffer) => boolean) | null,
  ): Promise<WebSocket> {
    const { server, options, headers } = this.#connection;
    const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, protocols, {
      ...options,
      headers: { ...headers, 'User-Agent': 'kube-proxy-explorer' },
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: MAX_MESSAGE,
    });
    this.#socket = socket;
    const events = this.#events;
    socket.on('message', (data) => this.#take(bytesOf(data), (...message) => take?.(...message)));
    socket.on('unexpected-response', (refused, response) => {
      // Back with the agent, its connection would carry the next request already when ws ends it.
      refused.shouldKeepAlive = false;
      void readAnswer(response, events);
    });
    socket.on('error', (error) => events.failed(error));
    socket.on('close', (code, reason) => {
      const why = reason.toString('utf8');
      events.closed(why === '' ? String(code) : `${code}: ${why}`);
    });
    return Promise.resolve(socket);
  }

  /** Nothing that a server sends is thrown at the socket's events, which are this program's. */
  #take(message: Buffer, take: (channel: number, content: Buffer) => void): void {
    const [channel = -1] = message;
    const content = message.subarray(1);
    if (this.#ended || content.length === 0) return;
    if (channel === StdoutStream || channel === StderrStream) take(channel, content);
    else if (channel === StatusStream) {
      this.#ended = true;
      if (content.length > MAX_STATUS) return;
      try {
        take(channel, content);
      } catch (error) {
        // It was cut off; the stream's end tells so.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
  }
}

function bytesOf(data: RawData): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
}
