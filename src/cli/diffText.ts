import type { CommandOf } from '../language/comparisonMarkdown.ts';
import type { Section, Told, ToldChange, ToldWay } from '../kubeproxy/compare/told.ts';
import { pad, paint, plain, type Style, widest, wrap } from './terminal.ts';

const signs = {
  added: { sign: '+', colour: 'green' },
  removed: { sign: '-', colour: 'red' },
  changed: { sign: '~', colour: 'yellow' },
} as const;

/** What `diff` prints: the sections, then what is the same. */
export function diffText(
  { headline, ways, sections, notes }: Told,
  commandOf: CommandOf,
  style: Style,
): string {
  const lines = [
    paint(style, 'bold', plain(headline)),
    ...(ways.length === 0 ? [] : ['', ...ways.flatMap((way) => wayLines(way, commandOf, style))]),
    ...sections.flatMap((section) => ['', ...sectionLines(section, style)]),
    '',
    ...notes.map((note) => paint(style, 'dim', plain(note))),
  ];
  return `${lines.join('\n')}\n`;
}

const waySigns = {
  lost: { sign: '✗', colour: 'red' },
  mended: { sign: '✓', colour: 'green' },
  doubted: { sign: '?', colour: 'cyan' },
  changed: { sign: '~', colour: 'yellow' },
} as const;

function wayLines({ kind, says, packet }: ToldWay, commandOf: CommandOf, style: Style): readonly string[] {
  const { sign, colour } = waySigns[kind];
  const command = commandOf(packet);
  return [
    ...wrap(plain(says), Math.min(style.width, PROSE_WIDTH) - 2).map(
      (line, index) => `${index === 0 ? paint(style, colour, sign) : ' '} ${line}`,
    ),
    ...(command === null ? [] : [`  ${paint(style, 'dim', '$')} ${plain(command)}`]),
  ];
}

const PROSE_WIDTH = 110;

function sectionLines({ title, changes }: Section, style: Style): readonly string[] {
  const width = widest(changes.map(({ what }) => plain(what)));
  return [
    paint(style, 'bold', plain(title)),
    ...changes.map((change) => `  ${changeText(change, style, width)}`),
  ];
}

/** `+ endpoint  10.244.2.9:8080, 20 %`; `width`: columns for what changed. */
export function changeText({ sign, what, words }: ToldChange, style: Style, width = 0): string {
  const { sign: mark, colour } = signs[sign];
  return `${paint(style, colour, mark)} ${pad(plain(what), width)}  ${plain(words)}`;
}

/** One line of packets that end otherwise. */
export function wayText({ kind, says }: ToldWay, style: Style): string {
  const { sign, colour } = waySigns[kind];
  return `${paint(style, colour, sign)} ${plain(says)}`;
}
