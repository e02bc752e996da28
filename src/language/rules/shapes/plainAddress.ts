/** HOT PATH: recognises the usual spelling of IPv4 addresses, so that the full readers see only the unusual ones. */

const ZERO = 48;
const DOT = 46;
const SLASH = 47;
const COLON = 58;

/**
 * Whether the word of `bytes` is `10.0.0.1`, or has behind it what `tail` begins: `/` the length of a prefix, `:` a port. Beyond
 * doubt: false says nothing.
 */
export function isPlainIPv4(bytes: Uint8Array, start: number, end: number, tail: '/' | ':'): boolean {
  const wanted = tail === '/' ? SLASH : COLON;
  let part = 0;
  let digits = 0;
  let dots = 0;
  let inTail = false;
  for (let index = start; index < end; index++) {
    const code = bytes[index] ?? 0;
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) {
      // A leading zero would be octal for some readers.
      if (part === 0 && digits === 1) return false;
      part = part * 10 + digit;
      digits++;
      if (digits > 5) return false;
      continue;
    }
    if (digits === 0 || inTail || part > 255) return false;
    if (code === DOT) dots++;
    else if (code === wanted) inTail = true;
    else return false;
    part = 0;
    digits = 0;
  }
  if (digits === 0 || dots !== 3) return false;
  return part <= (inTail ? (wanted === SLASH ? 32 : 65535) : 255);
}
