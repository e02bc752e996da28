/** What a native rule is counted as: each statement without its values. */

const WORDS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/"[^"]*"/g, 'NAME'],
  [/@(?!nh|th|ll)\w+/g, '@SET'],
  [/\{[^}]*\}/g, '{}'],
  [/\b(?:jump|goto) \w+/g, 'jump'],
  [/counter packets \d+ bytes \d+/g, ''],
  [/\[?\b(?:[0-9a-f]{0,4}:){2,}[0-9a-f]*(?:\/\d+)?\]?(?::\d+)?/g, 'ADDRESS'],
  [/\b\d+\.\d+\.\d+\.\d+(?:\/\d+|:\d+)?/g, 'ADDRESS'],
  [/\b(?:0x[0-9a-f]+|\d+)\b/g, 'N'],
];

/** `ip saddr 10.0.0.1 tcp dport { 80, 443 } meta mark set 0x1` → `ip saddr ADDRESS`, `tcp dport {}`, `meta mark set N` */
export function nativeNames(rule: string): ReadonlySet<string> {
  const plain = WORDS.reduce((text, [pattern, name]) => text.replace(pattern, name), rule);
  const parts = plain.split(BEGINNING).map((part) => part.replace(/\s+/g, ' ').trim());
  return new Set(parts.filter((part) => part !== ''));
}

/** Where another statement begins. */
const BEGINNING =
  /\s+(?=(?:ip|ip6|tcp|udp|sctp|icmp|icmpv6|th|meta|ct|fib|rt|iifname|oifname|iif|oif|iiftype|oiftype|numgen|jhash|limit|quota|snat|dnat|masquerade|redirect|reject|drop|accept|return|continue|jump|notrack|add|update|delete|log|@nh|@th)\b)(?<!(?:\.|\bto|\bset|\bwith|\bsaddr|\bdaddr|\bprotocol|\boriginal|\breply|\bfib|\brt|\bmeta|\bmap|\bjhash|\bct)\s*)/;
