const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
]);

/** A counter as `xtables_print_num` prints it: `12`, `540K` for 540,000; null for what is none. */
export function printedCount(text: string): number | null {
  const found = /^(\d{1,20})([KMGTPE]?)$/.exec(text);
  return found === null ? null : Number(found[1]) * (UNITS.get(found[2] ?? '') ?? 1);
}
