import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** How many bytes a piece has room for. */
const CHUNK = 1 << 17;
/** UTF-8 has at most so many for a unit of a JavaScript string. */
const MOST_OF_UNIT = 3;

/**
 * Standard output, gathered as bytes into large pieces and written as fast as the reader takes them. A reader that goes away
 * (`| head`) is not an error: `closed` tells so, and what is still to be written is dropped. Neither is anything thrown where
 * it cannot be written (a full disk): `failure` says why.
 */
export class Output {
  readonly #stream: Writable;
  /** What is full, in its order. */
  #pieces: Buffer[] = [];
  #open = Buffer.allocUnsafeSlow(CHUNK);
  #used = 0;
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
    const most = text.length * MOST_OF_UNIT;
    if (most > this.#open.length - this.#used) this.#close();
    if (most > CHUNK) this.#pieces.push(Buffer.from(text));
    else this.#used += this.#open.write(text, this.#used);
  }

  line(text = ''): void {
    this.write(text);
    this.write('\n');
  }

  /** The open piece is full; the stream keeps its bytes until they are written, so that the next one has its own. */
  #close(): void {
    if (this.#used === 0) return;
    this.#pieces.push(this.#open.subarray(0, this.#used));
    this.#open = Buffer.allocUnsafeSlow(CHUNK);
    this.#used = 0;
  }

  /** Hands over what was gathered, once it is much; waits while the reader is slower than the writer. */
  async flushIfLarge(): Promise<void> {
    if (this.#pieces.length > 0) await this.flush();
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
    this.#close();
    const pieces = this.#pieces;
    this.#pieces = [];
    if (this.#closed) return;
    let takesMore = true;
    for (const piece of pieces) takesMore = this.#stream.write(piece);
    if (takesMore) return;
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
