/**
 * A table of words that is asked with texts of others: `constructor` and `__proto__`, which every object has by its prototype,
 * are in it only where it says so.
 */
export function lookup<Value>(table: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const own: Record<string, Value> = { ...table };
  Object.setPrototypeOf(own, null);
  return own;
}
