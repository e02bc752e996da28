/** HOT PATH: recognises the usual spelling of IPv4 addresses, so that the full readers see only the unusual ones. */

const ZERO = 48;
const DOT = 46;
const SLASH = 47;
const COLON = 58;

/** Whether `text` is `10.0.0.1`, `10.0.0.1/24` or `10.0.0.1:8080` beyond doubt; false says nothing. */
export function isPlainIPv4(text: string): boolean {
  const { length } = text;
  let part = 0;
  let digits = 0;
  let dots = 0;
  let tail = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) {
      // A leading zero would be octal for some readers.
      if (part === 0 && digits === 1) return false;
      part = part * 10 + digit;
      digits++;
      if (digits > 5) return false;
      continue;
    }
    if (digits === 0 || tail !== 0 || part > 255) return false;
    if (code === DOT) dots++;
    else if (code === SLASH || code === COLON) tail = code;
    else return false;
    part = 0;
    digits = 0;
  }
  if (digits === 0 || dots !== 3) return false;
  return part <= (tail === SLASH ? 32 : tail === COLON ? 65535 : 255);
}
