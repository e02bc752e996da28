/** A picture as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), for tickets and documents. */
import { shareWords } from '../narrative/words.ts';
import type { Picture, PictureBranch, PictureWay } from './picture.ts';
import { happens, stopName } from './words.ts';

/** Texts stand in quotes, with every sign that Mermaid or HTML could read something into as `#code;`. */
export function toMermaid(picture: Picture): string {
  const { from, packet, node, branches, back } = picture;
  const sender = label(from.title, from.subtitle);
  const lines = [
    'flowchart LR',
    `  client[${sender}]`,
    `  subgraph node [${label(node)}]`,
    '    direction LR',
    ...branches.flatMap((branch, at) => stopsOf(branch, at).map((line) => `    ${line}`)),
    '  end',
    ...branches.flatMap((branch, at) => [
      `  client -->|${label(picture.interface ?? '', packet, branch.condition)}| ${firstStop(at)}`,
      ...branch.ways.flatMap((way, to) => wayLines(branch, way, at, to)),
    ]),
    ...back.map(({ words, isLost }, at) =>
      isLost ? `  lost${at}[${label(`✗ ${words}`)}]:::stop` : `  node -.->|${label(words)}| client`,
    ),
    '  classDef stop stroke:#c00,stroke-width:2px',
  ];
  return `${lines.join('\n')}\n`;
}

function firstStop(branch: number): string {
  return `b${branch}s0`;
}

/** Where something happens; a branch in which nothing does has a stop, too. */
function stopsOf({ stops }: PictureBranch, at: number): readonly string[] {
  const telling = stops.filter(happens);
  const texts =
    telling.length === 0 ? [label('passes')] : telling.map((stop) => label(stopName(stop), stop.word));
  return [
    ...texts.map((text, index) => `b${at}s${index}[${text}]`),
    ...texts.slice(1).map((_, index) => `b${at}s${index} --> b${at}s${index + 1}`),
  ];
}

function wayLines(branch: PictureBranch, way: PictureWay, at: number, to: number): readonly string[] {
  const { share, title, subtitle, isStopped, onward, packet, marks } = way;
  const last = `b${at}s${Math.max(branch.stops.filter(happens).length, 1) - 1}`;
  const end = `b${at}e${to}`;
  const words = label(shareWords(share), way.interface ?? '', packet, ...marks);
  const text = label(isStopped ? `⛔ ${title}` : title, subtitle, onward);
  return [`  ${last} ${isStopped ? '--x' : '-->'}|${words}| ${end}[${text}]${isStopped ? ':::stop' : ''}`];
}

/** Lines of one label, in quotes; empty ones are left out. */
function label(...lines: readonly string[]): string {
  return `"${lines
    .filter((line) => line !== '')
    .map(escaped)
    .join('<br/>')}"`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,:/%→⛔✗*'-]/gu, (sign) => `#${sign.codePointAt(0) ?? 0xfffd};`);
}
