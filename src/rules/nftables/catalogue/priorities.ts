/** Names of priorities (src/rule.c of nft, `std_prios` and `bridge_std_prios`). */
import { lookup } from '../../../text/lookup.ts';
import type { Priority } from '../nodes.ts';

const STANDARD: Readonly<Record<string, number>> = lookup({
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
});

const OF_BRIDGE: Readonly<Record<string, number>> = lookup({
  dstnat: -300,
  filter: -200,
  out: 100,
  srcnat: 300,
});

/** `filter + 10` → 10; null for a name that the family does not have. */
export function priorityNumber(family: string, { name, offset }: Priority): number | null {
  if (name === null) return offset;
  const names = family === 'bridge' ? OF_BRIDGE : STANDARD;
  const base = Object.hasOwn(names, name) ? names[name] : undefined;
  return base === undefined ? null : base + offset;
}
