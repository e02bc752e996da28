/**
 * Exec over SPDY, as kubectl does where WebSockets are refused: it is a POST, for which the right `create pods/exec` is
 * enough on every server; the GET of a WebSocket needs `get` besides, which few roles give.
 */
import { parseRecord } from '../../text/json.ts';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Connection } from './connection.ts';
import {
  execPath,
  type ExecRequest,
  MAX_STATUS,
  type RemoteStream,
  type StreamEvents,
} from './remoteStream.ts';
import { openStreams, pingFrame, type SpdyFrame, SpdyReader } from './spdyFrames.ts';
import { readAnswer } from './upgradeAnswer.ts';

const ERROR = 1;
const STDOUT = 3;
const STDERR = 5;

/** Begins at once, with the POST of the upgrade. */
export function openSpdy(
  { server, options, headers }: Connection,
  request: ExecRequest,
  events: StreamEvents,
): RemoteStream {
  const upgrade = {
    Connection: 'Upgrade',
    Upgrade: 'SPDY/3.1',
    'X-Stream-Protocol-Version': 'v4.channel.k8s.io',
  };
  const outgoing = (server.startsWith('https:') ? https : http).request(`${server}${execPath(request)}`, {
    ...options,
    method: 'POST',
    headers: { ...headers, ...upgrade, 'User-Agent': 'kube-proxy-explorer', 'Content-Length': '0' },
  });
  let socket: Duplex | null = null;
  outgoing.on('upgrade', (_, upgraded, head) => {
    socket = upgraded;
    new SpdySession(upgraded, events).begin(head);
  });
  outgoing.on('response', (response) => void readAnswer(response, events));
  outgoing.on('error', (error) => events.failed(error));
  outgoing.end();
  return {
    get stands() {
      return socket !== null;
    },
    terminate: () => {
      outgoing.destroy();
      socket?.destroy();
    },
  };
}

class SpdySession {
  readonly #socket: Duplex;
  readonly #events: StreamEvents;
  readonly #reader = new SpdyReader();
  readonly #open = new Set([ERROR, STDOUT, STDERR]);
  readonly #status: Buffer[] = [];
  #statusBytes = 0;
  #over = false;

  constructor(socket: Duplex, events: StreamEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  begin(head: Buffer): void {
    this.#socket.on('data', (piece: Buffer) => this.#take(piece));
    this.#socket.on('error', (error) => this.#events.failed(error));
    this.#socket.on('close', () => this.#ended());
    const streams = ['error', 'stdout', 'stderr'].map((streamtype) => ({ streamtype }));
    this.#socket.write(openStreams(streams));
    if (head.length > 0) this.#take(head);
  }

  #take(piece: Buffer): void {
    for (const frame of this.#reader.push(piece)) {
      if (this.#over) return;
      this.#takeFrame(frame);
    }
  }

  #takeFrame(frame: SpdyFrame): void {
    switch (frame.kind) {
      case 'data':
        if (frame.stream === STDOUT) this.#events.stdout(frame.content);
        else if (frame.stream === STDERR) this.#events.stderr(frame.content);
        else if (frame.stream === ERROR) this.#takeStatus(frame.content);
        if (frame.last) this.#close(frame.stream);
        break;
      case 'ping':
        this.#socket.write(pingFrame(frame.id));
        break;
      case 'reset':
        if (frame.stream === 0) this.#ended();
        else this.#close(frame.stream);
        break;
      case 'other':
        break;
    }
  }

  #takeStatus(content: Buffer): void {
    this.#statusBytes += content.length;
    if (this.#statusBytes <= MAX_STATUS) this.#status.push(content);
  }

  #close(stream: number): void {
    this.#open.delete(stream);
    if (this.#open.size === 0) this.#ended();
  }

  /** The status is the last that a program's end gives; one that was cut off is none. */
  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    const status = parseRecord(Buffer.concat(this.#status).toString('utf8'));
    if (status !== null) this.#events.status(status);
    this.#events.closed('by the server');
  }
}
