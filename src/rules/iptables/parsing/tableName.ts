/**
 * `iptables -S` names no table; the built-in chains tell: filter has INPUT, FORWARD and OUTPUT only, nat has no FORWARD,
 * raw has neither INPUT nor POSTROUTING, mangle has all. What does not tell is filter, the table of a command without `-t`.
 */
export function guessTable(chains: { has(name: string): boolean }): string {
  const post = chains.has('POSTROUTING');
  if (chains.has('FORWARD')) return post || chains.has('PREROUTING') ? 'mangle' : 'filter';
  if (post) return 'nat';
  return chains.has('PREROUTING') ? (chains.has('INPUT') ? 'nat' : 'raw') : 'filter';
}
