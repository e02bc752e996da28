/** Every name and alias of `items`, leading to its item. */
export function byEveryName<T extends { readonly name: string; readonly aliases: readonly string[] }>(
  items: readonly T[],
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) for (const name of [...item.aliases, item.name]) map.set(name, item);
  return map;
}
