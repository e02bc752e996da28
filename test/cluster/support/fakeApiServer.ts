/** An API server on loopback that does what a real one does not do on command: hangs, cuts, lies. */
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

export const tlsFile = (name: string): string => join(import.meta.dirname, 'tls', name);
export const tlsText = (name: string): string => readFileSync(tlsFile(name), 'utf8');

export interface FakeOptions {
  /** `server`, `other`, `expired`: a certificate of support/tls; null = plain HTTP. */
  readonly certificate?: string | null;
  /** Wants a client's certificate. */
  readonly mutual?: boolean;
}

export class FakeApiServer {
  readonly seen: SeenRequest[] = [];
  readonly sockets = new Set<Socket>();
  /** For what `routes` does not have. */
  handler: Handler = (_, response) =>
    sendStatus(response, 404, 'the server could not find the requested resource');
  /** By the path without its query. */
  readonly routes = new Map<string, Handler>();
  readonly server: http.Server | https.Server;

  private constructor({ certificate = 'server', mutual = false }: FakeOptions) {
    const handle: http.RequestListener = (request, response) => void this.#handle(request, response);
    this.server =
      certificate === null
        ? http.createServer(handle)
        : https.createServer(
            {
              key: tlsText(`${certificate}.key`),
              cert: tlsText(`${certificate}.pem`),
              ...(mutual ? { requestCert: true, ca: tlsText('authority.pem') } : {}),
            },
            handle,
          );
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeApiServer> {
    const fake = new FakeApiServer(options);
    await fake.listen(0);
    return fake;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return portOf(this.server);
  }

  get url(): string {
    return `${this.server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  route(path: string, handler: Handler): void {
    this.routes.set(path, handler);
  }

  onUpgrade(handler: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    this.server.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
      this.#see(request);
      handler(request, socket, head);
    });
  }

  paths(): readonly string[] {
    return this.seen.map(({ path }) => path);
  }

  /** Cuts all connections, and takes no more. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  #see(request: http.IncomingMessage): void {
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, path: url, headers });
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.#see(request);
    let body = '';
    for await (const piece of request) body += String(piece);
    const path = (request.url ?? '').split('?')[0] ?? '';
    (this.routes.get(path) ?? this.handler)(request, response, body);
  }
}

export function sendJson(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

export function sendStatus(response: http.ServerResponse, code: number, message: string): void {
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code }, code);
}

/** `parameters(request).get('continue')` */
export function parameters(request: http.IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '/', 'http://fake').searchParams;
}

/** Of a server that listens. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address.port;
}
