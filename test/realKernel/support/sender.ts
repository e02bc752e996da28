import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FlowSource } from '../../../src/kernel/flow.ts';

/** send.py in a namespace, kept running. */
export class Sender {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(namespace: { readonly name: string }) {
    const script = fileURLToPath(new URL('send.py', import.meta.url));
    this.#child = spawn('ip', ['netns', 'exec', namespace.name, 'python3', script]);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** A line of `frameLine` or `packetLine`; `ok`, or the name of the error. */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('send.py ended');
    return answer.value;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** A whole frame out of `interfaceName`. */
export function frameLine(interfaceName: string, frame: Buffer): string {
  return `frame ${interfaceName} ${frame.toString('hex')}`;
}

/** A whole IP packet by a raw socket of root, or of another user, bound to `source` unless that is null. */
export function packetLine(
  source: string | null,
  destination: string,
  mark: number,
  packet: Buffer,
  { uid = 0, gid = 0 }: Pick<FlowSource, 'uid' | 'gid'> = {},
): string {
  return ['packet', source ?? '-', destination, mark, uid, gid, packet.toString('hex')].join(' ');
}
