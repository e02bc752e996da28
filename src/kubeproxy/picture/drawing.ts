/** A picture laid out: lines, boxes and texts at places, neutral of what draws them. Lengths are pixels at the text's usual size. */

import { arrowPath, type Point, stopPath } from './shapes.ts';

/** How a part looks; who draws it has a colour for each, and none carries a meaning by itself. */
export type Look = 'plain' | 'dim' | 'strong' | 'changed' | 'bad' | 'back';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Part =
  | (Box & { readonly kind: 'box'; readonly look: Look })
  /** `points` and `head` (of the arrow at its last point; null without) as SVG has them. */
  | { readonly kind: 'line'; readonly points: string; readonly head: string | null; readonly look: Look }
  /** Cut to its room; `full` is all of it. `y` is its baseline. */
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly full: string;
      readonly look: Look;
    }
  /** `dim`: small and hollow. */
  | {
      readonly kind: 'dot';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly look: Look;
    }
  /** A stop sign, as path data. */
  | { readonly kind: 'stop'; readonly path: string };

/** What can be walked to and chosen: `row` up and down between ways, `column` along one. */
export interface Target extends Box {
  readonly row: number;
  readonly column: number;
  /** For a reader, and where a text is cut. */
  readonly words: string;
  /** Which of the picture's branches it belongs to, from 0. */
  readonly branch: number;
  /** Of an end all that come to it; of a stop the one that `step` is of. */
  readonly outcomes: readonly [string, ...string[]];
  /** The step of that outcome's path; null for an end. */
  readonly step: string | null;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Part[];
  readonly targets: readonly Target[];
}

/** What a letter takes at most on average, in the fonts of editors at 12 px. */
const LETTER = 6.6;

/** What a capital takes: names of hooks are made of them. */
const CAPITAL = 8.4;

export function widthOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + (/[A-Z]/.test(letter) ? CAPITAL : LETTER), 0);
}

/** How many letters a place of this width has room for. */
function lettersIn(width: number): number {
  return Math.max(1, Math.floor(width / LETTER));
}

/** The text in lines that are at most so wide, where its words are. */
export function linesOf(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && Array.from(longer).length <= lettersIn(width)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Gathers parts. */
export class Canvas {
  readonly parts: Part[] = [];
  readonly targets: Target[] = [];

  box(box: Box, look: Look): void {
    this.parts.push({ kind: 'box', ...box, look });
  }

  line(points: readonly Point[], look: Look, arrow = true): void {
    const head = arrow ? arrowPath(points) : null;
    this.parts.push({ kind: 'line', points: points.map((point) => point.join(',')).join(' '), head, look });
  }

  /** At most so wide; an empty text is none. */
  text(x: number, y: number, text: string, width: number, look: Look = 'plain'): void {
    if (text === '') return;
    const room = lettersIn(width);
    const letters = Array.from(text);
    const shown = letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`;
    this.parts.push({ kind: 'text', x, y, text: shown, full: text, look });
  }

  dot(x: number, y: number, look: Look): void {
    this.parts.push({ kind: 'dot', x, y, radius: look === 'dim' ? 3.5 : 5, look });
  }

  stop(x: number, y: number): void {
    this.parts.push({ kind: 'stop', path: stopPath(x, y) });
  }

  target(target: Target): void {
    this.targets.push(target);
  }

  drawn(width: number, height: number): Drawing {
    return { width: Math.ceil(width), height: Math.ceil(height), parts: this.parts, targets: this.targets };
  }
}
