/** How often something was seen, or how likely it is, by its text. */
export type Shares = ReadonlyMap<string, number>;

export function sharesOf(rows: readonly (readonly [key: string, share: number])[]): Shares {
  const shares = new Map<string, number>();
  for (const [key, share] of rows) shares.set(key, (shares.get(key) ?? 0) + share);
  return shares;
}

/** From this many tries on, frequencies are compared too. */
const FREQUENT = 30;

/**
 * Where what was seen in `tries` and what is told disagree; null where they do not. What was seen must be told; what is
 * told must have been seen, unless it is too rare for the tries made; and the shares must fit (a chi-square bound).
 * `open`: what is told stands on questions that nobody answered, so that only what was seen must be among it.
 */
export function clash(seen: Shares, told: Shares, tries: number, open = false): string | null {
  for (const key of seen.keys()) if (!told.has(key)) return `the kernel: ${key}`;
  if (open) return null;
  for (const [key, share] of told) {
    if (!seen.has(key) && (1 - share) ** tries < 1e-6) return `never seen: ${key} (${share.toFixed(3)})`;
  }
  return tries < FREQUENT ? null : clashOfShares(seen, told, tries);
}

function clashOfShares(seen: Shares, told: Shares, tries: number): string | null {
  const expected = [...told].filter(([, share]) => share * tries >= 3);
  const chi = expected.reduce(
    (sum, [key, share]) => sum + ((seen.get(key) ?? 0) - share * tries) ** 2 / (share * tries),
    0,
  );
  if (chi <= expected.length + 8 * Math.sqrt(2 * expected.length) + 12) return null;
  const rows = [...told].map(
    ([key, share]) => `${key} ${share.toFixed(3)}, seen ${((seen.get(key) ?? 0) / tries).toFixed(3)}`,
  );
  return `shares: ${rows.join('; ')}`;
}
