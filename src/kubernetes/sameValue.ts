/** Whether two plain values (lists, maps and objects of strings, numbers, flags) say the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameLists(a, b);
  if (a instanceof Map) return b instanceof Map && sameLists([...a], [...b]);
  const [first, second] = [Object.entries(a), Object.entries(b)];
  return sameLists(first, second);
}

/** In the same order: who reads objects writes their fields in one order. */
function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => sameValue(value, b[index]));
}
