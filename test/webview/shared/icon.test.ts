import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { iconFont } from '../../../scripts/iconFont.mjs';
import { glyphs } from '../../../src/webview/shared/icon.ts';
import { launch } from './panelPage.ts';

const font = readFileSync('node_modules/@vscode/codicons/dist/codicon.ttf');

/** Draws a character by a font of the page; in the page, without what a tool would add. */
const draw = `(family, text) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const context = canvas.getContext('2d');
  context.font = '48px ' + family;
  context.textBaseline = 'top';
  context.fillText(text, 8, 8);
  return canvas.toDataURL();
}`;

test('the icons are those of the codicon font', () => {
  const css = readFileSync('node_modules/@vscode/codicons/dist/codicon.css', 'utf8');
  const points = Object.entries(glyphs).map(([name, glyph]) => [name, glyph.codePointAt(0)?.toString(16)]);
  const declared = points.map(([name]) => [
    name,
    new RegExp(String.raw`\.codicon-${name}:before \{ content: "\\(\w+)"`).exec(css)?.[1],
  ]);
  expect(points).toEqual(declared);
});

function face(name: string, bytes: Buffer): string {
  return `@font-face { font-family: ${name}; src: url(data:font/ttf;base64,${bytes.toString('base64')}) }`;
}

test('the small font draws the icons as the whole one does, and nothing else', async () => {
  const small = await iconFont();
  expect(small.length).toBeLessThan(20_000);
  const browser = await launch();
  const page = await browser.newPage();
  await page.setContent(`<style>${face('whole', font)}${face('small', small)}</style>`);
  await page.evaluate(
    "Promise.all(['whole', 'small'].map((family) => document.fonts.load('48px ' + family)))",
  );
  const drawn = (family: string, text: string): Promise<unknown> =>
    page.evaluate(`(${draw})(${JSON.stringify(family)}, ${JSON.stringify(text)})`);
  const empty = await drawn('whole', ' ');
  for (const glyph of Object.values(glyphs)) {
    const whole = await drawn('whole', glyph);
    expect(whole).not.toBe(empty);
    expect(await drawn('small', glyph), glyph).toBe(whole);
  }
  const flame = '\ueaf2';
  expect(await drawn('whole', flame)).not.toBe(empty);
  expect(await drawn('small', flame)).toBe(empty);
  await browser.close();
});
