/** The picture from left to right. */
import { type Columns, columnsOf, EDGE, intoTexts, LEAD, PAD } from './acrossColumns.ts';
import { Canvas, type Drawing } from './drawing.ts';
import { drawHookRow } from './hookRow.ts';
import type { Picture, PictureBranch, PictureWay } from './picture.ts';
import { aboveWay, backWords, belowWay, endWords, lookOf, wayWords } from './words.ts';

const ROW = 68;
/** So high is the row of hooks, whatever leaves it. */
const HOOKS = 84;
const CONDITION = 22;
/** Keeps the line between two branches off the words of the upper one. */
const APART = 6;
const TITLE = 22;
const LINE = 15;
const BACK = 24;
/** From the node's edge to its first dot. */
const INSET = 12;

export function drawAcross(picture: Picture): Drawing {
  const canvas = new Canvas();
  const columns = columnsOf(picture);
  const { node, out, end } = columns;
  const places = placesOf(picture);
  const bottom = (places.at(-1)?.bottom ?? EDGE + TITLE) + 6;
  const middle = ((places[0]?.y ?? bottom) + (places.at(-1)?.y ?? bottom)) / 2;
  places.forEach((place, at) => drawBranch(canvas, place, columns, at));
  canvas.box({ x: node.x, y: EDGE, width: node.width, height: bottom - EDGE }, 'dim');
  canvas.text(node.x + INSET, EDGE + 18, picture.node, node.width - 2 * INSET, 'strong');
  drawClient(canvas, picture, columns, middle);
  for (const { y } of places) drawInto(canvas, columns, middle, y);
  const low = places.at(-1)?.lowest ?? bottom;
  const back = { low, bottom, clientY: middle + 26, x: EDGE + columns.client.width / 2 };
  const backY = drawBack(canvas, picture, { ...back, end: end.x + end.width / 2 });
  return canvas.drawn(out.x + out.width + end.width + EDGE, backY + EDGE);
}

/** Where a branch stands: `y` is the line of its hooks. */
interface BranchPlace {
  readonly branch: PictureBranch;
  readonly top: number;
  readonly y: number;
  /** Of the last end's box. */
  readonly lowest: number;
  readonly bottom: number;
  /** The first row of its targets. */
  readonly row: number;
}

function placesOf({ branches }: Picture): readonly BranchPlace[] {
  let [top, row] = [EDGE + TITLE, 0];
  return branches.map((branch) => {
    const start = branch.condition === '' ? top : top + CONDITION;
    const height = Math.max(branch.ways.length * ROW, HOOKS);
    const y = start + height / 2;
    const lastY = y + ((branch.ways.length - 1) * ROW) / 2;
    const lowest = lastY + endHeight(branch.ways.at(-1) ?? branch.ways[0]) / 2;
    const place = { branch, top, y, lowest, bottom: start + height, row };
    top = place.bottom + APART;
    row += branch.ways.length;
    return place;
  });
}

function drawBranch(
  canvas: Canvas,
  { branch, top, y, row }: BranchPlace,
  columns: Columns,
  at: number,
): void {
  const { node, out, end } = columns;
  const x = node.x + INSET;
  if (at > 0) drawBetween(canvas, columns, top - 4);
  canvas.text(x, top + 12, branch.condition, end.x + end.width - x, 'dim');
  canvas.line(
    [
      [x, y],
      [out.x, y],
    ],
    'plain',
    false,
  );
  drawHookRow(canvas, branch, { x: x + 6, y, row, branch: at });
  const first = y - ((branch.ways.length - 1) * ROW) / 2;
  branch.ways.forEach((way, index) => {
    const place = { from: y, y: first + index * ROW, row: row + index, branch: at };
    drawWay(canvas, branch, way, place, columns);
  });
}

/** What is over it belongs to another condition than what is under it. */
function drawBetween(canvas: Canvas, { node }: Columns, y: number): void {
  canvas.line(
    [
      [node.x, y],
      [node.x + node.width, y],
    ],
    'dim',
    false,
  );
}

function drawClient(canvas: Canvas, picture: Picture, { client, into }: Columns, middle: number): void {
  const { from } = picture;
  canvas.box({ x: client.x, y: middle - 26, width: client.width, height: 52 }, 'plain');
  canvas.text(client.x + PAD, middle - 4, from.title, client.width - 2 * PAD, 'strong');
  canvas.text(client.x + PAD, middle + 13, from.subtitle, client.width - 2 * PAD, 'dim');
  const [name, asked, to] = intoTexts(picture);
  const room = into.width - LEAD - 6;
  canvas.text(into.x + LEAD, middle - 22, name, room, 'dim');
  canvas.text(into.x + LEAD, middle - 7, asked, room);
  canvas.text(into.x + LEAD, middle + 16, to, room);
}

/** The arrow into the node, to where a branch begins. */
function drawInto(canvas: Canvas, { into, node }: Columns, from: number, y: number): void {
  canvas.line(
    [
      [into.x, from],
      [into.x + 14, from],
      [into.x + 14, y],
      [node.x + INSET, y],
    ],
    'plain',
  );
}

interface WayPlace {
  readonly from: number;
  readonly y: number;
  readonly row: number;
  readonly branch: number;
}

function endHeight(way: PictureWay): number {
  return 14 + endWords(way).length * LINE;
}

function drawWay(
  canvas: Canvas,
  branch: PictureBranch,
  way: PictureWay,
  { from, y, row, branch: at }: WayPlace,
  { out, end }: Columns,
): void {
  const look = lookOf(way);
  const to = way.isStopped ? end.x - 14 : end.x;
  canvas.line(
    [
      [out.x, from],
      [out.x + 14, from],
      [out.x + 14, y],
      [to, y],
    ],
    look,
    !way.isStopped,
  );
  const room = out.width - LEAD - 6;
  canvas.text(out.x + LEAD, y - 7, aboveWay(way), room, 'strong');
  belowWay(way).forEach((line, index) => {
    canvas.text(out.x + LEAD, y + 16 + index * 14, line, room, 'changed');
  });
  const height = endHeight(way);
  const box = { x: end.x, y: y - height / 2, width: end.width, height };
  canvas.box(box, look);
  if (way.isStopped) canvas.stop(end.x - 14, y);
  endWords(way).forEach((line, index) => {
    const shown = index === 0 ? 'strong' : 'dim';
    canvas.text(end.x + PAD, box.y + 18 + index * LINE, line, end.width - 2 * PAD, shown);
  });
  const words = wayWords(branch, way);
  const column = branch.stops.length;
  canvas.target({ ...box, row, column, words, branch: at, outcomes: way.outcomes, step: null });
}

interface BackPlace {
  /** Where the last end's box ends, and the node. */
  readonly low: number;
  readonly bottom: number;
  readonly clientY: number;
  readonly x: number;
  readonly end: number;
}

/** The way back underneath; gives where it ends. */
function drawBack(canvas: Canvas, { back }: Picture, { low, bottom, clientY, x, end }: BackPlace): number {
  back.forEach((each, at) => {
    const y = bottom + BACK * (at + 1);
    const look = each.isLost ? 'bad' : 'back';
    const points = each.isLost
      ? ([
          [end, low],
          [end, y],
          [(x + end) / 2, y],
        ] as const)
      : ([
          [end, low],
          [end, y],
          [x, y],
          [x, clientY],
        ] as const);
    canvas.line(points, look);
    canvas.text(x + 16, y - 6, backWords(each), end - x - 32, look);
  });
  return bottom + BACK * back.length;
}
