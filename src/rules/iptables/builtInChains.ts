/** The chains that the kernel makes itself in each table (net/ipv4/netfilter/iptable_*.c). */
export const builtInChains: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['raw', new Set(['PREROUTING', 'OUTPUT'])],
  ['mangle', new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'])],
  ['nat', new Set(['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'])],
  ['filter', new Set(['INPUT', 'FORWARD', 'OUTPUT'])],
  ['security', new Set(['INPUT', 'FORWARD', 'OUTPUT'])],
]);
