/** Endpoints as kubectl lists them: `10.244.1.5:8080,[fd00::5]:8080`. */

/** `4 8080` → the addresses that listen there; what is no such endpoint is left out. */
export function byPort(endpoints: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const endpoint of endpoints) {
    const [, sixth, fourth, port] = /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d+)$/i.exec(endpoint) ?? [];
    const address = sixth ?? fourth;
    if (address === undefined) continue;
    const key = `${sixth === undefined ? 4 : 6} ${port ?? ''}`;
    found.set(key, [...(found.get(key) ?? []), address]);
  }
  return found;
}
