/** Real connections between namespaces: a server that tells whom it sees, and clients that tell what they notice. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { NetworkNamespace } from './namespaces.ts';

/** Answers each connection with the client's address as it sees it. */
const serverScript = `
  const { createServer } = require('node:net');
  createServer((socket) => socket.on('error', () => {}).end(socket.remoteAddress))
    .listen(Number(process.argv[1]), process.argv[2], () => console.log('ready'));
`;

/** Prints what the server says, or the error. */
const clientScript = `
  const { connect } = require('node:net');
  const [host, port] = process.argv.slice(1);
  let said = '';
  connect({ host, port: Number(port) })
    .on('data', (data) => { said += data; })
    .on('error', (error) => { console.log(error.code); process.exit(); })
    .on('end', () => { console.log(said); process.exit(); });
`;

/** A program that runs in a namespace until it is ended. */
export class Talker {
  readonly #child: ChildProcess;
  #said = '';
  readonly #spoken: Promise<string>;

  private constructor(namespace: NetworkNamespace, script: string, args: readonly string[]) {
    const [program = '', ...rest] = namespace.inside([process.execPath, '-e', script, ...args]);
    this.#child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#spoken = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.stdout?.on('data', (data: Buffer) => {
        this.#said += data.toString();
        if (this.#said.endsWith('\n')) resolve(this.#said.trim());
      });
      this.#child.once('exit', () => resolve(this.#said.trim()));
    });
  }

  /** Resolves once it listens. */
  static async listen(namespace: NetworkNamespace, address: string, port: number): Promise<Talker> {
    const server = new Talker(namespace, serverScript, [String(port), address]);
    await server.#spoken;
    return server;
  }

  static connect(namespace: NetworkNamespace, address: string, port: number): Talker {
    return new Talker(namespace, clientScript, [address, String(port)]);
  }

  /** Of a client: the address that the server saw, or `ECONNREFUSED` and the like; empty for one that was ended before. */
  get heard(): Promise<string> {
    return this.#spoken;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}
