/** How lines begin that iptables-restore takes for what they are not written as. */
import type { WordScanner } from '../scanner/wordScanner.ts';

/** `*nat`, `* nat`: iptables-restore skips blanks behind the star. With blanks a list of a text is not taken for tables. */
export function isTable({ text, start }: WordScanner, behindStar: number): boolean {
  return start === behindStar ? /^[\w-]+$/.test(text) : /^(?:raw|mangle|nat|filter|security)$/.test(text);
}

/** `"-A" X …`: iptables-restore takes the quotes away. */
export function isQuotedOption(text: string, start: number): boolean {
  return text.startsWith('"-', start) || text.startsWith('"!', start);
}
