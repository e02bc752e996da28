/**
 * What a reader does not see, or sees in another order than it stands: controls (C0 and C1, of which U+009B begins an escape
 * sequence), formats (zero-width characters, marks that turn the writing direction, tags) and line separators. For
 * `replaceAll`; text from a dump or a cluster may hold any of them.
 */
export const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
