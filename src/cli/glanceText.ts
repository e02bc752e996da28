import type { GlanceLine } from '../kubeproxy/glance/line.ts';
import { pad, paint, plain, type Style, widest, wrap } from './terminal.ts';

const PROSE_WIDTH = 120;

const colours = { ok: null, info: 'cyan', warning: 'yellow', error: 'red' } as const;
const signs: Readonly<Record<GlanceLine['state'], string>> = {
  ok: ' ',
  info: '?',
  warning: '!',
  error: '✗',
};

/** The lines with which `tree` and `check` begin, and an empty one behind them. */
export function glanceText(lines: readonly GlanceLine[], style: Style): string {
  const width = widest(lines.map(({ title }) => title));
  const indent = ' '.repeat(width + 4);
  const printed = lines.flatMap(({ title, words, state }) => {
    const colour = colours[state];
    const sign = colour === null ? signs[state] : paint(style, colour, signs[state]);
    const start = `${sign} ${paint(style, 'bold', pad(title, width))}  `;
    const text = wrap(plain(words), Math.min(style.width, PROSE_WIDTH) - indent.length);
    return text.map((line, index) => `${index === 0 ? start : indent}${line}`);
  });
  return `${[...printed, ''].join('\n')}\n`;
}
