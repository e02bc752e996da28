/** How wide the columns of the picture from left to right are: no wider than what stands in them. */
import { largest } from '../../text/lists.ts';
import { widthOf } from './drawing.ts';
import { hookRow } from './hookRow.ts';
import type { Picture } from './picture.ts';
import { aboveWay, belowWay, endWords } from './words.ts';

export const EDGE = 10;
/** Between a box and its text. */
export const PAD = 8;
/** From a box to the text over the arrow that leaves it, and from that text to the arrow's head. */
export const LEAD = 22;
const HEAD = 14;

interface Column {
  readonly x: number;
  readonly width: number;
}

/** Who sends, the arrow into the node, the node, the arrow out of it, and to whom. */
export interface Columns {
  readonly client: Column;
  readonly into: Column;
  readonly node: Column;
  readonly out: Column;
  readonly end: Column;
}

export function columnsOf(picture: Picture): Columns {
  const { from, branches } = picture;
  const ways = branches.flatMap((branch) => branch.ways);
  const inside = largest(
    branches.map(({ stops }) => hookRow(stops).width),
    widthOf(picture.node),
  );
  const widths = [
    between(90, 170, [from.title, from.subtitle], 2 * PAD),
    between(80, 210, intoTexts(picture), LEAD + HEAD),
    inside + 2 * 12,
    between(90, 220, [...ways.map(aboveWay), ...ways.flatMap(belowWay)], LEAD + HEAD),
    between(110, 330, ways.flatMap(endWords), 2 * PAD),
  ] as const;
  const xs = widths.map((_, at) => EDGE + widths.slice(0, at).reduce((sum, width) => sum + width, 0));
  const [client, into, node, out, end] = widths;
  const [clientX = 0, intoX = 0, nodeX = 0, outX = 0, endX = 0] = xs;
  return {
    client: { x: clientX, width: client },
    into: { x: intoX, width: into },
    node: { x: nodeX, width: node },
    out: { x: outX, width: out },
    end: { x: endX, width: end },
  };
}

/** Over the arrow into the node: where it enters, as whom, and under it to whom. */
export function intoTexts({ interface: name, packet }: Picture): readonly [string, string, string] {
  const [asked = '', to = ''] = packet.split(' → ');
  return [name ?? '', asked, `→ ${to}`];
}

function between(least: number, most: number, texts: readonly string[], around: number): number {
  return Math.min(most, Math.max(least, Math.ceil(largest(texts.map(widthOf), 0)) + 1 + around));
}
