import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Listener } from '../../../src/kernel/flow.ts';

/** Sockets in a namespace that never answer, opened by listen.py. */
export class Listeners {
  readonly #child;

  constructor(namespace: { readonly name: string }) {
    const script = fileURLToPath(new URL('listen.py', import.meta.url));
    this.#child = spawn('ip', ['netns', 'exec', namespace.name, 'python3', script]);
  }

  /** Ends when all of them are open. */
  async open(listeners: readonly Listener[]): Promise<void> {
    const lines = listeners.map(
      ({ protocol, address, port, transparent }) =>
        `${protocol} ${address ?? '::'} ${port}${transparent === true ? ' transparent' : ''}\n`,
    );
    this.#child.stdin.write([...lines, '\n'].join(''));
    await Promise.race([
      once(this.#child.stdout, 'data'),
      once(this.#child, 'exit').then(() => {
        throw new Error('listen.py ended');
      }),
    ]);
  }

  close(): void {
    this.#child.stdin.end();
  }
}
