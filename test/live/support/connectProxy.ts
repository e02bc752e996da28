/** A proxy for HTTPS (CONNECT) between the product and the API server, whose connections a test cuts. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class ConnectProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    await proxy.listen(0);
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(port, '127.0.0.1', resolve));
  }

  /** Cuts all connections, and takes no more. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#own(socket);
    socket.once('data', (head) => {
      // `CONNECT 198.18.2.1:6443 HTTP/1.1`
      const [, host = '', port = ''] = /^CONNECT ([^:\s]+):(\d+) /.exec(head.toString()) ?? [];
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      this.#own(upstream);
      upstream.once('close', () => socket.destroy());
      socket.once('close', () => upstream.destroy());
    });
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Its end is what counts, which `close` tells.
    socket.on('error', () => socket.destroy());
  }
}
