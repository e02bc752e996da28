/**
 * HOT PATH: `-A CHAIN -d 10.96.0.1/32 …`, as kube-proxy's dispatch chains have by the ten thousand. Only functions that
 * the engine of the language brings compiled, no loop over characters: the first trace runs before anything is optimized,
 * and an index over 10,000 rules has to be built within it.
 */

const BRACKET = 91;

/** `10.96.0.1/32`, as the kernel writes it: no leading zeros, no other mask. */
const HOST = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|\/32$)){4}$/;

/** The single IPv4 destination that the rule from `start` begins with, as `10.96.0.1/32`; null for any other rule. */
export function plainDestination(text: string, start: number): string | null {
  return plainHost(text, start, ' -d ');
}

/** As `plainDestination`, the source: the first rule of an endpoint's chain begins with it. */
export function plainSource(text: string, start: number): string | null {
  return plainHost(text, start, ' -s ');
}

function plainHost(text: string, start: number, option: ' -d ' | ' -s '): string | null {
  const command = text.charCodeAt(start) === BRACKET ? text.indexOf(' ', start) + 1 : start;
  if (!text.startsWith('-A ', command)) return null;
  const chainEnd = text.indexOf(' ', command + 3);
  if (!text.startsWith(option, chainEnd)) return null;
  const word = text.slice(chainEnd + 4, text.indexOf(' ', chainEnd + 4));
  return HOST.test(word) ? word : null;
}
