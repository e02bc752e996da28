/** How a verdict looks and what it is called, in every panel. The colours are classes of `baseStyles`: `verdict-drop`. */
import type { Narrative } from '../../kubeproxy/narrative/narrative.ts';
import type { Glyph } from './icon.ts';
import { sharedStrings } from './strings.ts';

export const verdictGlyphs: Readonly<Record<Narrative['verdict'], Glyph>> = {
  forward: 'pass-filled',
  local: 'pass-filled',
  drop: 'circle-slash',
  reject: 'error',
  unknown: 'question',
  mixed: 'warning',
  unanswered: 'warning',
};

/** `is forwarded` in one word, for those who do not see the icon. */
export function verdictWord(verdict: Narrative['verdict'] | 'accept'): string {
  return sharedStrings.verdicts[verdict];
}
