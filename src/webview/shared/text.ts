/**
 * Text from dumps, made fit to be shown. Anything may stand in it: what is invisible or would reorder the line is shown
 * as an escape, and what is endless is cut. Nothing here makes HTML; Lit's text bindings do the rest.
 */
import { invisible } from '../../text/invisible.ts';
import { sharedStrings } from './strings.ts';

/** Longer text is cut: no line of iptables-save that kube-proxy writes comes near. */
const longest = 2_000;

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** `a<U+202E>b` → `a\u{202e}b`; a text over the limit ends in `… 998,000 more characters`. */
export function clean(text: string): string {
  const shown = text.length > longest ? text.slice(0, longest) : text;
  const visible = shown.replaceAll(invisible, escapeOf);
  return text.length > longest ? `${visible}${sharedStrings.cut(text.length - longest)}` : visible;
}

/** A message of this product: its line breaks count, all else of it is treated as any text. */
export function cleanLines(text: string): string {
  return text.split('\n').map(clean).join('\n');
}

/** 0.3333 → `33.3 %`. What is not zero never reads as zero, and what is not all never as all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share < 1 && share > 0.9995) return '> 99.9 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
