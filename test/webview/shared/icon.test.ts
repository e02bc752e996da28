import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { glyphs } from '../../../src/webview/shared/icon.ts';

test('the icons are those of the codicon font', () => {
  const css = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
  const points = Object.entries(glyphs).map(([name, glyph]) => [name, glyph.codePointAt(0)?.toString(16)]);
  const declared = points.map(([name]) => [
    name,
    new RegExp(String.raw`\.codicon-${name}:before \{ content: "\\(\w+)"`).exec(css)?.[1],
  ]);
  expect(points).toEqual(declared);
});
