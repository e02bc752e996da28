import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** send.py in a namespace, kept running. */
export class Sender {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(namespace: { readonly name: string }) {
    const script = fileURLToPath(new URL('send.py', import.meta.url));
    this.#child = spawn('ip', ['netns', 'exec', namespace.name, 'python3', script]);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** A whole frame out of `interfaceName`. */
  frame(interfaceName: string, frame: Buffer): Promise<string> {
    return this.#ask(`frame ${interfaceName} ${frame.toString('hex')}`);
  }

  /** A whole IP packet by a raw socket, bound to `source` unless that is null. */
  packet(source: string | null, destination: string, mark: number, packet: Buffer): Promise<string> {
    return this.#ask(`packet ${source ?? '-'} ${destination} ${mark} ${packet.toString('hex')}`);
  }

  async #ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('send.py ended');
    return answer.value;
  }

  close(): void {
    this.#child.stdin.end();
  }
}
