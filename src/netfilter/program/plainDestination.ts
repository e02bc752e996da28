/**
 * HOT PATH, written for speed: `-A CHAIN -d 10.96.0.1/32 …`, as kube-proxy's dispatch chains have by the ten thousand,
 * read character by character without making a string. `bench` shows why: an index over KUBE-SERVICES is built within
 * the first trace.
 */

const BLANK = 32;
const SLASH = 47;
const DOT = 46;
const ZERO = 48;

/** Reads the destination that a rule begins with; the reader is used again for each rule. */
export class PlainDestination {
  /** The IPv4 address as a signed 32-bit number. */
  value = 0;
  /** The length of its mask. */
  prefix = 0;

  /** Whether the rule between `start` and `end` begins with a plain IPv4 destination; sets `value` and `prefix`. */
  read(text: string, start: number, end: number): boolean {
    let at = start;
    if (text.charCodeAt(at) === 91) at = text.indexOf(' ', at) + 1;
    if (!text.startsWith('-A ', at)) return false;
    at = text.indexOf(' ', at + 3);
    if (at < 0 || at >= end || !text.startsWith(' -d ', at)) return false;
    return this.#address(text, at + 4, end);
  }

  #address(text: string, start: number, end: number): boolean {
    let value = 0;
    let part = 0;
    let digits = 0;
    let dots = 0;
    let at = start;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === DOT) {
        if (digits === 0 || part > 255) return false;
        value = (value << 8) | part;
        part = 0;
        digits = 0;
        dots++;
      } else if (code === SLASH || code === BLANK) break;
      else {
        if (code < ZERO || code > ZERO + 9 || (digits > 0 && part === 0)) return false;
        part = part * 10 + code - ZERO;
        digits++;
      }
    }
    if (dots !== 3 || digits === 0 || part > 255) return false;
    this.value = (value << 8) | part;
    return this.#mask(text, at, end);
  }

  #mask(text: string, start: number, end: number): boolean {
    this.prefix = 32;
    if (text.charCodeAt(start) !== SLASH) return true;
    let prefix = 0;
    let at = start + 1;
    for (; at < end && text.charCodeAt(at) !== BLANK; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9 || at > start + 2) return false;
      prefix = prefix * 10 + digit;
    }
    if (at === start + 1 || prefix < 1 || prefix > 32) return false;
    this.prefix = prefix;
    this.value = prefix === 32 ? this.value : this.value & (-1 << (32 - prefix));
    return true;
  }
}
