import type { ItemData } from '../language/completion/itemData.ts';

const kinds: readonly ItemData['kind'][] = ['option', 'match', 'target', 'chain', 'value', 'other'];

/** The data of an item as it comes back; null for anything else. */
export function readItemData(data: unknown): ItemData | null {
  if (typeof data !== 'object' || data === null) return null;
  const given: Readonly<Record<string, unknown>> = { ...data };
  const kind = kinds.find((each) => each === given['kind']);
  const { uri, name, value, table, loaded } = given;
  if (kind === undefined || typeof uri !== 'string' || typeof name !== 'string') return null;
  if (typeof value !== 'string' || typeof table !== 'string' || !Array.isArray(loaded)) return null;
  const words = loaded.filter((each): each is string => typeof each === 'string');
  return { uri, kind, name, value, table, loaded: words };
}
