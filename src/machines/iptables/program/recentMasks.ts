import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match, Table } from '../../../rules/iptables/nodes.ts';
import { matchesNamed } from './matchesNamed.ts';

/** The mask of a list of `-m recent`, as the first rule that names the list writes it. */
export interface RecentMask {
  readonly text: string;
  /** Whether rules of the list differ: then the order in which they were loaded decides. */
  readonly disputed: boolean;
}

/** A mask that takes bits away; also of other matches, but rules of most dumps have none at all. */
const ODD_MASK = /--mask (?!255\.255\.255\.255|ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff|0x)/;

/** A list has one mask, that of the first rule loaded with it: recent_mt_check. Empty where all masks are full. */
export function recentMasks(tables: readonly Table[], text: string): ReadonlyMap<string, RecentMask> {
  const masks = new Map<string, RecentMask>();
  if (!ODD_MASK.test(text)) return masks;
  for (const match of matchesNamed(tables, text, 'recent')) note(masks, match);
  return masks;
}

function note(masks: Map<string, RecentMask>, match: Match): void {
  const word = (name: string): string | null => optionNamed(match.options, name)?.values[0]?.text ?? null;
  const list = word('--name') ?? 'DEFAULT';
  const text = word('--mask') ?? '';
  const known = masks.get(list);
  masks.set(list, { text: known?.text ?? text, disputed: known !== undefined && known.text !== text });
}
