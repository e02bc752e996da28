/** Every host has it (WHATWG Encoding); this folder is compiled without any host's types. */
declare class TextEncoder {
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
}
declare class TextDecoder {
  constructor(label: string);
  decode(bytes: Uint8Array): string;
}

/** What stands in `bytesOf` for every character that is not ASCII. */
const OTHER = 255;

/**
 * The characters of `text` as bytes, one for each UTF-16 unit, so that offsets are the same in both: reading them takes a
 * fraction of `charCodeAt`. A character that is not ASCII is 255.
 */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  const { read, written } = new TextEncoder().encodeInto(text, bytes);
  // Of two bytes or more for one character fewer are read than written, or not all fit.
  if (read === text.length && written === read) return bytes;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    bytes[index] = code < 128 ? code : OTHER;
  }
  return bytes;
}

/** The text of bytes that are ASCII. */
export function asciiText(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
