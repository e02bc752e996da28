/** Small words for people: counts, shares, lists. Plain text; `markdown.ts` escapes what goes into a hover. */

/** `1 rule`, `1,204 rules`; `plural` where an `s` does not make it. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${withSeparators(count)} ${count === 1 ? noun : plural}`;
}

/** `1204` → `1,204` */
export function withSeparators(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `a`, `a and b`, `a, b and c`; with `limit`, `a, b and 7 more`. */
export function listed(items: readonly string[], limit = Number.POSITIVE_INFINITY): string {
  const shown = items.slice(0, limit);
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, `${withSeparators(rest)} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
