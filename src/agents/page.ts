/** A part of something long, as a tool gives it. */
import type { ToolInput } from './input.ts';

/** `items`: those asked for. `note`: what is left, in a sentence; null where nothing is. */
export function pageOf<Item>(
  all: readonly Item[],
  input: ToolInput,
): { readonly items: readonly Item[]; readonly total: number; readonly notes: readonly string[] } {
  const offset = input.number('offset', 0);
  const items = all.slice(offset, offset + input.number('limit', 50));
  const next = offset + items.length;
  const notes =
    next >= all.length ? [] : [`${all.length - next} more follow: ask again with "offset": ${next}.`];
  return { items, total: all.length, notes };
}
