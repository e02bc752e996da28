import { html } from 'lit';
import type { TemplateResult } from 'lit';

/** Code points of the codicon font (`mountPanel` adds the font; test/webview checks them against its CSS). */
export const glyphs = {
  add: '\uea60',
  'arrow-left': '\uea9b',
  'arrow-right': '\uea9c',
  'arrow-swap': '\uebcb',
  check: '\ueab2',
  'chevron-down': '\ueab4',
  'chevron-right': '\ueab6',
  'circle-slash': '\ueabd',
  close: '\uea76',
  copy: '\uebcc',
  dash: '\ueacc',
  edit: '\uea73',
  error: '\uea87',
  globe: '\ueb01',
  'go-to-file': '\uea94',
  info: '\uea74',
  'pass-filled': '\uebb3',
  pulse: '\ueb31',
  question: '\ueb32',
  refresh: '\ueb37',
  remove: '\ueb3b',
  send: '\uec0f',
  'server-process': '\ueba2',
  'symbol-namespace': '\uea8b',
  vm: '\uea7a',
  warning: '\uea6c',
} as const;

export type Glyph = keyof typeof glyphs;

/** A decorative icon: whatever it says stands in words beside it, or in the label of the button around it. */
export function icon(name: Glyph, extra = ''): TemplateResult {
  return html`<span class="icon ${extra}" aria-hidden="true">${glyphs[name]}</span>`;
}
