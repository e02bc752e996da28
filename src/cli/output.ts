import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 16;

/**
 * Standard output, gathered into large pieces and written as fast as the reader takes them. A reader that goes away
 * (`| head`) is not an error: `closed` tells so, and what is still to be written is dropped. Neither is anything thrown where
 * it cannot be written (a full disk): `failure` says why.
 */
export class Output {
  readonly #stream: Writable;
  #parts: string[] = [];
  #size = 0;
  #closed = false;
  #failure: NodeJS.ErrnoException | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#closed = true;
      if (error.code !== 'EPIPE') this.#failure ??= error;
    });
    stream.on('close', () => {
      this.#closed = true;
    });
  }

  /** Whether nobody reads any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Why not all could be written; null where it was, and where nobody wanted it. Known after `finish`. */
  get failure(): NodeJS.ErrnoException | null {
    return this.#failure;
  }

  write(text: string): void {
    this.#parts.push(text);
    this.#size += text.length;
  }

  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** Hands over what was gathered, once it is much; waits while the reader is slower than the writer. */
  async flushIfLarge(): Promise<void> {
    if (this.#size >= CHUNK) await this.flush();
  }

  /** Hands over the rest, and waits until it is written or cannot be. */
  async finish(): Promise<void> {
    await this.flush();
    if (this.#closed) return;
    await new Promise<void>((done) => {
      this.#stream.once('close', done);
      this.#stream.write('', () => done());
    });
  }

  async flush(): Promise<void> {
    const text = this.#parts.join('');
    this.#parts = [];
    this.#size = 0;
    if (text === '' || this.#closed || this.#stream.write(text)) return;
    const gone = new AbortController();
    await Promise.race([
      once(this.#stream, 'drain', { signal: gone.signal }),
      once(this.#stream, 'close', { signal: gone.signal }),
    ]).catch((error: unknown) => {
      if (!this.#closed) throw error;
    });
    gone.abort();
  }
}
