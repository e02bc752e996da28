/** A program of the control plane that runs in a namespace, with its log in the scratch folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { NetworkNamespace } from './namespaces.ts';

export interface ProgramOptions {
  readonly namespace: NetworkNamespace;
  /** Its words, the program's path first. */
  readonly command: readonly string[];
  /** File of what it prints. */
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
}

export class Program {
  readonly #options: ProgramOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.start();
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | null {
    return this.running ? (this.#child?.pid ?? null) : null;
  }

  /** The last lines of its log. */
  get lastWords(): string {
    return readFileSync(this.#options.log, 'utf8').split('\n').slice(-12).join('\n');
  }

  /** Does nothing while it runs. */
  start(): void {
    if (this.running) return;
    const { namespace, command, log, env = {} } = this.#options;
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const inside = namespace.inside(['/usr/bin/env', ...settings, ...command]);
    const out = openSync(log, 'a');
    // The kernel ends it with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...inside], { stdio: ['ignore', out, out] });
    closeSync(out);
    this.#child = child;
    this.#ended = new Promise((resolve, reject) => {
      child.once('exit', () => {
        resolve();
      });
      child.once('error', reject);
    });
  }

  /** Resolves once it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal);
    await this.#ended;
  }

  /** Stops it in its tracks (SIGSTOP): connections stay open and nothing answers. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}
