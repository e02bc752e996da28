import { once } from 'node:events';
import type { Writable } from 'node:stream';

const CHUNK = 1 << 16;

/**
 * Standard output, gathered into large pieces and written as fast as the reader takes them. A reader that goes away
 * (`| head`) is not an error: `closed` tells so, and what is still to be written is dropped.
 */
export class Output {
  readonly #stream: Writable;
  #parts: string[] = [];
  #size = 0;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#closed = true;
      if (error.code !== 'EPIPE') throw error;
    });
    stream.on('close', () => {
      this.#closed = true;
    });
  }

  /** Whether nobody reads any more. */
  get closed(): boolean {
    return this.#closed;
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
