/** The picture from top to bottom, for a narrow place. */
import { largest } from '../../text/lists.ts';
import type { NarrativeStage } from '../narrative/narrative.ts';
import { Canvas, type Drawing, linesOf, widthOf } from './drawing.ts';
import type { Picture, PictureBranch, PictureWay } from './picture.ts';
import {
  aboveWay,
  backWords,
  belowWay,
  endWords,
  happens,
  isChange,
  lookOf,
  stopName,
  stopWords,
  wayWords,
} from './words.ts';

const WIDTH = 384;
const EDGE = 8;
const INNER = WIDTH - 2 * EDGE;
const RAIL = EDGE + 22;
/** Where texts beside the rail begin, and their room. */
const BESIDE = RAIL + 14;
const ROOM = EDGE + INNER - 8 - BESIDE;
const LINE = 15;
/** A stop's word has at least so much. */
const WORD = 90;

export function drawUpright(picture: Picture): Drawing {
  const canvas = new Canvas();
  canvas.box({ x: EDGE, y: EDGE, width: INNER, height: 44 }, 'plain');
  canvas.text(EDGE + 8, EDGE + 18, picture.from.title, INNER - 16, 'strong');
  canvas.text(EDGE + 8, EDGE + 34, picture.from.subtitle, INNER - 16, 'dim');
  canvas.text(BESIDE, EDGE + 64, picture.interface ?? '', ROOM, 'dim');
  canvas.text(BESIDE, EDGE + 81, picture.packet, ROOM);
  let y = EDGE + 44 + 50;
  rail(canvas, EDGE + 44, y + captionRoom(picture.branches[0], 0), true);
  let row = 0;
  picture.branches.forEach((branch, at) => {
    y = drawBranch(canvas, branch, { node: picture.node, y, row, branch: at });
    row += branch.stops.length + branch.ways.length;
  });
  for (const each of picture.back) y = drawBack(canvas, each, y);
  return canvas.drawn(WIDTH, y + 4);
}

/** The way back in words; gives where they end. */
function drawBack(canvas: Canvas, back: Picture['back'][number], y: number): number {
  const lines = linesOf(backWords(back), INNER - 16);
  lines.forEach((line, at) => {
    canvas.text(EDGE + 8, y + 12 + at * LINE, line, INNER - 16, back.isLost ? 'bad' : 'back');
  });
  return y + 3 + lines.length * LINE;
}

function rail(canvas: Canvas, from: number, to: number, arrow = false): void {
  canvas.line(
    [
      [RAIL, from],
      [RAIL, to],
    ],
    'plain',
    arrow,
  );
}

/** Over the node stands under which condition its packet is meant; over a further one of the same packet that it may go otherwise. */
function captionOf(branch: PictureBranch | undefined, at: number): string {
  const condition = branch?.condition ?? '';
  return condition === '' && at > 0 ? 'otherwise' : condition;
}

function captionRoom(branch: PictureBranch | undefined, at: number): number {
  return captionOf(branch, at) === '' ? 0 : 20;
}

interface BranchPlace {
  readonly node: string;
  readonly y: number;
  /** Of its first target. */
  readonly row: number;
  readonly branch: number;
}

/** The node with what happens in it, and below it where the packet goes; gives where it ends. */
function drawBranch(canvas: Canvas, branch: PictureBranch, place: BranchPlace): number {
  const { stops, ways } = branch;
  const top = place.y + captionRoom(branch, place.branch);
  canvas.text(BESIDE, place.y + 14, captionOf(branch, place.branch), ROOM, 'dim');
  if (place.branch > 0) rail(canvas, place.y + 2, top, true);
  canvas.text(BESIDE, top + 18, place.node, ROOM, 'strong');
  const bottom = top + 28 + stops.reduce((sum, stop) => sum + stopHeight(stop), 0) + 6;
  rail(canvas, top, bottom);
  let y = top + 28;
  const nameRoom = Math.min(ROOM - WORD, largest(stops.map(stopName).map(widthOf), 0) + 14);
  stops.forEach((stop, at) => {
    y = drawStop(canvas, stop, { ...place, y, row: place.row + at, nameRoom, outcome: ways[0].outcomes[0] });
  });
  canvas.box({ x: EDGE, y: top, width: INNER, height: bottom - top }, 'dim');
  y = bottom;
  let last = y;
  ways.forEach((way, at) => {
    last = arrowY(way, y);
    y = drawWay(canvas, branch, way, { ...place, y, row: place.row + stops.length + at });
  });
  rail(canvas, bottom, last);
  return y + 6;
}

function stopHeight(stop: NarrativeStage): number {
  return happens(stop) ? 24 : 19;
}

interface StopPlace extends BranchPlace {
  readonly nameRoom: number;
  readonly outcome: string;
}

function drawStop(canvas: Canvas, stop: NarrativeStage, place: StopPlace): number {
  const { y, row, branch, nameRoom, outcome } = place;
  const height = stopHeight(stop);
  const middle = y + height / 2;
  const look = isChange(stop) ? 'changed' : 'plain';
  canvas.dot(RAIL, middle, happens(stop) ? look : 'dim');
  canvas.text(BESIDE, middle + 4, stopName(stop), nameRoom - 6, happens(stop) ? 'plain' : 'dim');
  canvas.text(BESIDE + nameRoom, middle + 4, stop.word, ROOM - nameRoom, look);
  canvas.target({
    x: RAIL - 10,
    y,
    width: INNER - 20,
    height,
    row,
    column: 0,
    words: stopWords(stop),
    branch,
    outcomes: [outcome],
    step: stop.stepId,
  });
  return y + height;
}

/** Under the share: as whom and with which marks, in one line where it has room. */
function belowLines(way: PictureWay): readonly string[] {
  const lines = belowWay(way);
  const one = lines.join(' · ');
  return lines.length > 0 && widthOf(one) <= ROOM ? [one] : lines;
}

function boxY(way: PictureWay, y: number): number {
  return y + 22 + belowLines(way).length * LINE;
}

/** Where the arrow to an end leaves the rail. */
function arrowY(way: PictureWay, y: number): number {
  return boxY(way, y) + 14;
}

function drawWay(canvas: Canvas, branch: PictureBranch, way: PictureWay, place: BranchPlace): number {
  const { y, row } = place;
  const look = lookOf(way);
  const lines = endWords(way);
  const x = RAIL + 34;
  const box = { x, y: boxY(way, y), width: EDGE + INNER - x, height: 12 + lines.length * LINE };
  const middle = arrowY(way, y);
  canvas.text(BESIDE, y + 16, aboveWay(way), ROOM, 'strong');
  belowLines(way).forEach((line, at) => {
    canvas.text(BESIDE, y + 16 + (at + 1) * LINE, line, ROOM, 'changed');
  });
  canvas.line(
    [
      [RAIL, middle],
      [way.isStopped ? x - 12 : x, middle],
    ],
    look,
    !way.isStopped,
  );
  canvas.box(box, look);
  if (way.isStopped) canvas.stop(x - 12, middle);
  lines.forEach((line, at) => {
    canvas.text(x + 8, box.y + 17 + at * LINE, line, box.width - 16, at === 0 ? 'strong' : 'dim');
  });
  const words = wayWords(branch, way);
  const { outcomes } = way;
  canvas.target({ ...box, row, column: 0, words, branch: place.branch, outcomes, step: null });
  return box.y + box.height + 6;
}
