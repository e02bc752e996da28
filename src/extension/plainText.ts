/** Text that a cluster or a dump gave us, made safe for the places of VS Code that read more than plain text into it. */
import { invisible } from '../text/invisible.ts';

/** For rows: one line, in which nothing is hidden. Longer texts are cut. `a\nb` → `a␊b` */
export function visible(text: string): string {
  return cut(text, 300);
}

/** As `visible`, for places with room for a paragraph. */
export function visibleAtLength(text: string): string {
  return cut(text, 1500);
}

function cut(text: string, longest: number): string {
  const shown = text.slice(0, longest).replaceAll(invisible, pictureOf);
  return text.length > longest ? `${shown}…` : shown;
}

/** For notifications and the message above a view, which make links of `[text](command:…)`. */
export function inMessage(text: string): string {
  return visibleAtLength(text).replaceAll('](', '] (');
}

/** For the language status, which makes links and icons. */
export function inStatus(text: string): string {
  return withoutIcons(inMessage(text));
}

/** For rows of a quick pick, which make icons of `$(name)`. */
export function inPick(text: string): string {
  return withoutIcons(visible(text));
}

function withoutIcons(text: string): string {
  return text.replaceAll('$(', String.raw`\$(`);
}

/** The picture that Unicode has for a control (`␊`), else the sign for what cannot be shown. */
function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : '�';
}
