/**
 * HTTP to one API server: credentials, time limits, retries, and failures in words. Instead of client-node's API classes,
 * which wait and read without an end, and make of JSON objects of their own that lack what a newer release has.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type JsonRecord, parseRecord } from '../../text/json.ts';
import { ClusterFailure } from '../failure.ts';
import { type AnsweredFailure, answeredFailure, type Asked } from './answers.ts';
import type { Connection } from './connection.ts';
import { connectionFailure, TimeLimit } from './connectionFailures.ts';
import type { Credentials } from './credentials.ts';

/** Milliseconds. */
export interface TimeLimits {
  /** Until a connection stands, with TLS. */
  readonly connect: number;
  /** From the request to the first byte of its answer. */
  readonly answer: number;
  /** Between two pieces of an answer. */
  readonly silence: number;
  /** Between two events of a watch; a server sends a bookmark about once a minute. */
  readonly watchSilence: number;
}

/** For a server on the other side of the world, behind a VPN. */
export const usualLimits: TimeLimits = {
  connect: 15_000,
  answer: 60_000,
  silence: 60_000,
  watchSilence: 150_000,
};

/** One request for JSON. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: JsonRecord;
  readonly asked: Asked;
  readonly signal: AbortSignal;
  /** More bytes than this end it with `tooLarge`. */
  readonly maxBytes?: number;
}

/** What a busy server asks to wait for is waited for up to this, in seconds. */
const LONGEST_RETRY_AFTER = 30;
const RETRIES = 5;
const MAX_ANSWER = 256 << 20;
const MAX_STATUS = 64 << 10;

const unzip = promisify(gunzip);

/**
 * Every request but an exec's. Nothing is read without a limit of bytes and of silence; what goes wrong is a
 * `ClusterFailure`.
 */
export class Transport {
  readonly credentials: Credentials;
  readonly limits: TimeLimits;

  constructor(credentials: Credentials, limits: TimeLimits = usualLimits) {
    this.credentials = credentials;
    this.limits = limits;
  }

  /** The answer as an object. */
  async json(request: Request): Promise<JsonRecord> {
    const { connection, response } = await this.open(request, true);
    try {
      const bytes = await readAll(response, request.maxBytes ?? MAX_ANSWER, this.limits.silence);
      return parseObject(bytes.toString('utf8'), connection.server);
    } catch (error) {
      response.destroy();
      throw connectionFailure(error, connection, request.signal);
    }
  }

  /** An answer of 2xx whose body the caller reads. After a 401 with the credentials read anew, once. */
  async open(
    request: Request,
    gzip = false,
  ): Promise<{ connection: Connection; response: http.IncomingMessage }> {
    let connection = await this.credentials.current(request.signal);
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const response = await this.#send(connection, request, gzip);
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return { connection, response };
      const failure = await this.#refused(response, connection, request);
      if (status === 401 && !renewed) {
        renewed = true;
        const next = await this.credentials.renewed(connection, request.signal);
        if (next === null) throw failure;
        connection = next;
      } else {
        const seconds = retryAfter(response);
        if (seconds === null || attempt >= RETRIES || request.method !== 'GET') throw failure;
        await this.#pause(seconds, request, connection);
      }
    }
  }

  async #pause(seconds: number, { signal }: Request, connection: Connection): Promise<void> {
    try {
      await wait(seconds * 1000, undefined, { signal });
    } catch (error) {
      throw connectionFailure(error, connection, signal);
    }
  }

  async #refused(
    response: http.IncomingMessage,
    connection: Connection,
    { asked, signal }: Request,
  ): Promise<AnsweredFailure> {
    try {
      const bytes = await readAll(response, MAX_STATUS, this.limits.silence);
      return answeredFailure(response.statusCode ?? 0, bytes.toString('utf8'), asked, connection.server);
    } catch (error) {
      response.destroy();
      if (signal.aborted) throw connectionFailure(error, connection, signal);
      return answeredFailure(response.statusCode ?? 0, '', asked, connection.server);
    }
  }

  /** Once more where an idle connection turns out to have been closed meanwhile. */
  async #send(connection: Connection, request: Request, gzip: boolean): Promise<http.IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const outgoing = startRequest(connection, request, gzip);
      try {
        return await answerOf(outgoing, request, this.limits);
      } catch (error) {
        outgoing.destroy();
        const stale = outgoing.reusedSocket && request.method === 'GET' && attempt < 2;
        if (!stale || request.signal.aborted || error instanceof TimeLimit) {
          throw connectionFailure(error, connection, request.signal);
        }
      }
    }
  }
}

function startRequest(
  { server, options, headers }: Connection,
  request: Request,
  gzip: boolean,
): http.ClientRequest {
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  const outgoing = (server.startsWith('https:') ? https : http).request(`${server}${request.path}`, {
    ...options,
    method: request.method,
    headers: {
      ...headers,
      Accept: 'application/json',
      'User-Agent': 'kube-proxy-explorer',
      ...(gzip ? { 'Accept-Encoding': 'gzip' } : {}),
      ...(body === null ? {} : { 'Content-Type': 'application/json' }),
    },
  });
  outgoing.end(body ?? undefined);
  return outgoing;
}

async function answerOf(
  outgoing: http.ClientRequest,
  { signal }: Request,
  limits: TimeLimits,
): Promise<http.IncomingMessage> {
  const clocks: NodeJS.Timeout[] = [];
  const settled = new AbortController();
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const abort = () => reject(new Error('aborted'));
      signal.addEventListener('abort', abort, { once: true, signal: settled.signal });
      if (signal.aborted) abort();
      const limit = (words: string, time: number) =>
        setTimeout(() => reject(new TimeLimit(`${words} within ${time / 1000} s`)), time);
      const connecting = limit('takes no connection', limits.connect);
      clocks.push(connecting, limit('does not answer', limits.answer));
      outgoing.once('socket', (socket) => {
        socket.setKeepAlive(true, 30_000);
        const stands = 'encrypted' in socket ? 'secureConnect' : 'connect';
        if (outgoing.reusedSocket) clearTimeout(connecting);
        else socket.once(stands, () => clearTimeout(connecting));
      });
      outgoing.once('response', resolve);
      // It may fail again once it was given up: nobody asks any more.
      outgoing.on('error', reject);
    });
    // From here on the signal ends the answer's body.
    const end = () => response.destroy(new Error('aborted'));
    signal.addEventListener('abort', end, { once: true });
    response.once('close', () => signal.removeEventListener('abort', end));
    return response;
  } finally {
    for (const clock of clocks) clearTimeout(clock);
    settled.abort();
  }
}

/** The pieces of a body as they come; a silence longer than `limit` milliseconds ends it. */
export async function* pieces(response: http.IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  const timer = setTimeout(
    () => response.destroy(new TimeLimit(`sent nothing for ${limit / 1000} s`)),
    limit,
  );
  try {
    for await (const piece of response) {
      timer.refresh();
      if (Buffer.isBuffer(piece)) yield piece;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The whole body, unpacked. `maxBytes` bounds what comes, and what it is unpacked to. */
async function readAll(response: http.IncomingMessage, maxBytes: number, silence: number): Promise<Buffer> {
  const all: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces(response, silence)) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    all.push(piece);
  }
  const body = Buffer.concat(all);
  if (response.headers['content-encoding'] !== 'gzip') return body;
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw error;
  }
}

function tooLarge(maxBytes: number): ClusterFailure {
  const size = maxBytes < 1 << 20 ? `${maxBytes >> 10} KiB` : `${maxBytes >> 20} MiB`;
  return new ClusterFailure('tooLarge', `The answer is larger than ${size}.`);
}

function parseObject(text: string, server: string): JsonRecord {
  const object = parseRecord(text);
  if (object !== null) return object;
  throw new ClusterFailure('other', `What answers at ${server} is no API server: it did not send JSON.`);
}

/** Seconds that a busy server asks to wait; null where it does not, or for longer than one waits. */
function retryAfter(response: http.IncomingMessage): number | null {
  if (response.statusCode !== 429 && response.statusCode !== 503) return null;
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 && seconds <= LONGEST_RETRY_AFTER ? seconds : null;
}
