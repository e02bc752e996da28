/**
 * As much of SPDY/3.1 as an exec needs: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/. What the
 * server's headers say is not read.
 */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';

/** Bytes: kind, flags and length. */
const HEAD = 8;
const SYN_STREAM = 1;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;

/** A frame that the server sent; `other` is what an exec need not read. */
export type SpdyFrame =
  | { readonly kind: 'data'; readonly stream: number; readonly content: Buffer; readonly last: boolean }
  | { readonly kind: 'ping'; readonly id: number }
  /** A stream, or with 0 the connection, is ended by the other side. */
  | { readonly kind: 'reset'; readonly stream: number }
  | { readonly kind: 'other' };

/**
 * SYN_STREAM frames, one for each set of headers, with the ids 1, 3, 5 … The header blocks are one zlib stream, which may
 * do without SPDY's dictionary: the first begins it, the others are further blocks of it that refer to nothing before.
 */
export function openStreams(all: readonly Readonly<Record<string, string>>[]): Buffer {
  const flush = { finishFlush: constants.Z_SYNC_FLUSH };
  return Buffer.concat(
    all.map((headers, index) => {
      const block = headerBlock(headers);
      const packed = index === 0 ? deflateSync(block, flush) : deflateRawSync(block, flush);
      // Stream, associated stream (none), priority and slot.
      const head = Buffer.alloc(10);
      head.writeUInt32BE(2 * index + 1, 0);
      return controlFrame(SYN_STREAM, Buffer.concat([head, packed]));
    }),
  );
}

/** The answer to a ping: the same number. */
export function pingFrame(id: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeUInt32BE(id);
  return controlFrame(PING, content);
}

/** `count, (length, name, length, value)…` */
function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const texts = Object.entries(headers).flat();
  const parts = texts.flatMap((text) => [uint32(Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat([uint32(texts.length / 2), ...parts]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function controlFrame(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** Cuts a stream of bytes into frames. A frame is put together once it is whole, however many pieces it comes in. */
export class SpdyReader {
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** The bytes that have to be there before anything can be read: a head, or a frame whose head was read. */
  #wanted = HEAD;

  *push(piece: Buffer): Generator<SpdyFrame> {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < this.#wanted) return;
    let held = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    for (;;) {
      this.#wanted = held.length < HEAD ? HEAD : HEAD + (held.readUInt32BE(4) & 0xffffff);
      if (held.length < this.#wanted) break;
      const frame = held.subarray(0, this.#wanted);
      held = held.subarray(this.#wanted);
      yield readFrame(frame);
    }
    this.#pieces = [held];
    this.#bytes = held.length;
  }
}

function readFrame(frame: Buffer): SpdyFrame {
  const first = frame.readUInt32BE(0);
  const content = frame.subarray(8);
  if (first >>> 31 === 0) {
    return { kind: 'data', stream: first, content, last: ((frame[4] ?? 0) & 1) === 1 };
  }
  const type = first & 0xffff;
  if (type === PING && content.length >= 4) return { kind: 'ping', id: content.readUInt32BE(0) };
  if (type === RST_STREAM && content.length >= 4) {
    return { kind: 'reset', stream: content.readUInt32BE(0) & 0x7fffffff };
  }
  return type === GOAWAY ? { kind: 'reset', stream: 0 } : { kind: 'other' };
}
