/** Splits a stream of bytes at its line feeds, holding what has no end yet. */
export class LineSplitter {
  #held: Buffer[] = [];
  #heldBytes = 0;
  readonly #maxBytes: number;

  /** A line of more than `maxBytes` throws a RangeError. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this piece, without their ends, empty ones left out. */
  *push(piece: Buffer): Generator<string> {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      const line = Buffer.concat([...this.#held, piece.subarray(from, end)]);
      this.#held = [];
      this.#heldBytes = 0;
      from = end + 1;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (from === piece.length) return;
    this.#held.push(from === 0 ? piece : piece.subarray(from));
    this.#heldBytes += piece.length - from;
    if (this.#heldBytes > this.#maxBytes) throw new RangeError('the line is too long');
  }
}
