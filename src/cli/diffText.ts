import type { Section, Told } from '../kubeproxy/compare/told.ts';
import { pad, paint, plain, type Style, widest } from './terminal.ts';

const signs = {
  added: { sign: '+', colour: 'green' },
  removed: { sign: '-', colour: 'red' },
  changed: { sign: '~', colour: 'yellow' },
} as const;

/** What `diff` prints: the sections, then what is the same. */
export function diffText({ headline, sections, notes }: Told, style: Style): string {
  const lines = [
    paint(style, 'bold', plain(headline)),
    ...sections.flatMap((section) => ['', ...sectionLines(section, style)]),
    '',
    ...notes.map((note) => paint(style, 'dim', plain(note))),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionLines({ title, changes }: Section, style: Style): readonly string[] {
  const width = widest(changes.map(({ what }) => plain(what)));
  return [
    paint(style, 'bold', plain(title)),
    ...changes.map(({ sign, what, words }) => {
      const { sign: mark, colour } = signs[sign];
      return `  ${paint(style, colour, mark)} ${pad(plain(what), width)}  ${plain(words)}`;
    }),
  ];
}
