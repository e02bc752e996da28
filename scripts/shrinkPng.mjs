// Makes a screenshot's PNG small: 256 colours instead of millions. Reads what Chromium writes (8 bits, not interlaced).
import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** The colour type of a picture whose pixels are numbers of colours. */
const PALETTE = 3;

/** The picture with at most 256 colours, each other one as the nearest of them. One that has a palette stays as it is. */
export function shrinkPng(bytes) {
  if (bytes[25] === PALETTE) return bytes;
  const { width, height, channels, pixels } = decode(bytes);
  const counts = new Map();
  const colors = new Uint32Array(width * height);
  for (let at = 0; at < colors.length; at++) {
    const from = at * channels;
    const color = (pixels[from] << 16) | (pixels[from + 1] << 8) | pixels[from + 2];
    colors[at] = color;
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const indexes = new Map(palette.map((color, index) => [color, index]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colors.length; at++) {
    const color = colors[at];
    let index = indexes.get(color);
    if (index === undefined) indexes.set(color, (index = nearest(palette, color)));
    rows[at + Math.floor(at / width) + 1] = index;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    bytes.subarray(0, 8),
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The 64 most frequent colours, and of all others one of each kind: a small icon keeps its green. */
function paletteOf(counts) {
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const chosen = new Set(byCount.slice(0, 64));
  const kinds = new Set();
  for (const color of byCount) {
    if (chosen.size === 256) break;
    const kind = color & 0xf0f0f0;
    if (!kinds.has(kind)) chosen.add(color);
    kinds.add(kind);
  }
  return [...chosen];
}

function nearest(palette, color) {
  let [best, least] = [0, Infinity];
  palette.forEach((each, index) => {
    const distance =
      ((each >> 16) - (color >> 16)) ** 2 +
      (((each >> 8) & 255) - ((color >> 8) & 255)) ** 2 +
      ((each & 255) - (color & 255)) ** 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

function decode(bytes) {
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const channels = bytes[25] === 6 ? 4 : 3;
  const parts = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return {
    width,
    height,
    channels,
    pixels: unfilter(inflateSync(Buffer.concat(parts)), height, width * channels, channels),
  };
}

/** The five filters of PNG, https://www.w3.org/TR/png-3/#9Filters. */
function unfilter(raw, height, stride, channels) {
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < channels ? 0 : out[at - channels];
      const up = y === 0 ? 0 : out[at - stride];
      const corner = x < channels || y === 0 ? 0 : out[at - stride - channels];
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      out[at] = raw[y * (stride + 1) + 1 + x] + guesses[filter];
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((each) => Math.abs(guess - each));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const head = Buffer.alloc(4);
  const tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}
