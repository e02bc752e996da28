/** The families of tables; a table without one is of `ip`. */
export const families: readonly string[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
