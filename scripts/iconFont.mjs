// The icon font of the panels: of the codicons they show two dozen of five hundred, and the whole font is a fortieth of what all bundles are together.
import { readFileSync } from 'node:fs';
import subsetFont from 'subset-font';

const ICONS = /: '\\u([\da-f]{4})'/g;

/** A TrueType font with the glyphs of `src/webview/shared/icon.ts` alone. */
export function iconFont() {
  const source = readFileSync('src/webview/shared/icon.ts', 'utf8');
  const shown = Array.from(source.matchAll(ICONS), ([, point]) =>
    String.fromCodePoint(Number.parseInt(point, 16)),
  );
  const whole = readFileSync('node_modules/@vscode/codicons/dist/codicon.ttf');
  return subsetFont(whole, shown.join(''), { targetFormat: 'truetype' });
}

/** What a panel's script is built with (`src/webview/shared/mountPanel.ts`): the font in base64. */
export async function pageDefines() {
  const font = await iconFont();
  return { ICON_FONT: JSON.stringify(font.toString('base64')) };
}
