/** A multiple of three, so that the pieces follow each other without padding; far below what a call may have as arguments. */
const PIECE = 3 * 8192;

/** Bytes as base64 (RFC 4648), in Node and in a browser alike. */
export function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return pieces.join('');
}

/** What `base64Of` made of bytes. Throws a `DOMException` where the text is no base64. */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}
