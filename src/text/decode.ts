/** How the bytes of a file are written. `binary` is no text at all, shown as latin-1 so that nothing is lost. */
type TextEncoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin-1' | 'binary';

export interface DecodedText {
  /** Without a byte order mark. */
  readonly text: string;
  readonly encoding: TextEncoding;
  /** The bytes, where each is a character of `text`, which is ASCII then; else null. */
  readonly ascii: Uint8Array | null;
  /** What is odd about the bytes, in plain words; null where nothing is. */
  readonly problem: string | null;
}

/** Every host has it (WHATWG Encoding); this folder is compiled without any host's types. */
declare class TextDecoder {
  constructor(label: string, options: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}

/** How much is looked at to tell text from binary, as git does. */
const SAMPLE = 8000;

/** Reads the bytes of a rules file, whatever wrote it: Linux, PowerShell (UTF-16), an old editor. Never throws. */
export function decodeRules(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return decodeUtf8(
      bytes.subarray(3),
      'utf-8-bom',
      'The file starts with a byte order mark, which iptables-restore does not take.',
    );
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes.subarray(2), 'utf-16be');
  const guess = guessUtf16(bytes);
  if (guess !== null) return decodeUtf16(bytes, guess);
  if (isBinary(bytes)) {
    return { text: latin1(bytes), ascii: null, encoding: 'binary', problem: 'The file is binary, not text.' };
  }
  return decodeUtf8(bytes, 'utf-8', null);
}

function decodeUtf8(bytes: Uint8Array, encoding: TextEncoding, problem: string | null): DecodedText {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, ascii: text.length === bytes.length ? bytes : null, encoding, problem };
  } catch (error) {
    // Anything but bytes that are no UTF-8, such as a text that is too long, is nothing that another reading mends.
    if (!(error instanceof TypeError)) throw error;
    return {
      text: latin1(bytes),
      ascii: null,
      encoding: 'latin-1',
      problem: 'The file is not valid UTF-8; it is read as Latin-1, so letters with accents may look wrong.',
    };
  }
}

function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): DecodedText {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  const problem = 'The file is UTF-16, which iptables-restore does not read; save it as UTF-8.';
  return { text, ascii: null, encoding, problem };
}

/** Every second byte of UTF-16 that holds mostly ASCII is zero. */
function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, SAMPLE) & ~1;
  if (length < 4) return null;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < length; index += 2) {
    if (bytes[index] === 0) even++;
    if (bytes[index + 1] === 0) odd++;
  }
  const half = length / 2;
  if (odd > half * 0.7 && even < half * 0.05) return 'utf-16le';
  if (even > half * 0.7 && odd < half * 0.05) return 'utf-16be';
  return null;
}

/** A text has next to no control characters; a single stray NUL does not make a file binary. */
function isBinary(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, SAMPLE);
  let odd = 0;
  for (let index = 0; index < length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) odd++;
  }
  return odd > Math.max(2, length * 0.02);
}

/** Byte by byte: the `latin1` of TextDecoder is Windows-1252, which loses bytes. */
function latin1(bytes: Uint8Array): string {
  const STEP = 8192;
  let text = '';
  for (let start = 0; start < bytes.length; start += STEP) {
    text += String.fromCharCode(...bytes.subarray(start, start + STEP));
  }
  return text;
}
