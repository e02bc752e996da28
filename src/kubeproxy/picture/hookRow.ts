/** The node's inside from left to right: hooks over their tables, in the order in which the packet passes them. */
import { largest } from '../../text/lists.ts';
import type { NarrativeStage } from '../narrative/narrative.ts';
import { type Canvas, widthOf } from './drawing.ts';
import type { PictureBranch } from './picture.ts';
import { happens, isChange, placeName, stopWords } from './words.ts';

/** A stop with the place of its dot and texts, from the row's left end. */
interface Slot {
  readonly stop: NarrativeStage;
  readonly left: number;
  readonly width: number;
}

/** Neighbouring tables under the name of their hook; routing has no name above it. */
interface Hook {
  readonly name: string;
  readonly left: number;
  readonly slots: readonly Slot[];
}

interface HookRow {
  readonly hooks: readonly Hook[];
  readonly width: number;
}

const GAP = 18;
const LEAST = 40;
const MOST = 160;

export function hookRow(stops: readonly NarrativeStage[]): HookRow {
  const hooks: Hook[] = [];
  let left = 0;
  for (const alike of byHook(stops)) {
    const [{ hook, table }] = alike;
    const name = table === null ? '' : hook;
    const start = left;
    const slots = alike.map((stop): Slot => {
      const width = slotWidth(stop);
      const slot = { stop, left, width };
      left += width;
      return slot;
    });
    left = Math.max(left, start + widthOf(name) + GAP);
    hooks.push({ name, left: start, slots });
  }
  return { hooks, width: left };
}

function slotWidth(stop: NarrativeStage): number {
  const texts = [placeName(stop), stop.word];
  return Math.min(MOST, largest(texts.map(widthOf), LEAST - GAP) + GAP);
}

function byHook(
  stops: readonly NarrativeStage[],
): readonly (readonly [NarrativeStage, ...NarrativeStage[]])[] {
  const hooks: [NarrativeStage, ...NarrativeStage[]][] = [];
  for (const stop of stops) {
    const last = hooks.at(-1);
    if (last?.[0].hook === stop.hook && stop.table !== null) last.push(stop);
    else hooks.push([stop]);
  }
  return hooks;
}

interface RowPlace {
  /** Of the first dot. */
  readonly x: number;
  /** Of the line that the dots are on. */
  readonly y: number;
  /** The targets' row, and which of the picture's branches it is. */
  readonly row: number;
  readonly branch: number;
}

export function drawHookRow(canvas: Canvas, { stops, ways }: PictureBranch, place: RowPlace): void {
  const { x, y, row, branch } = place;
  let column = 0;
  for (const { name, left, slots } of hookRow(stops).hooks) {
    canvas.text(x + left, y - 13, name, MOST, 'dim');
    for (const slot of slots) {
      drawSlot(canvas, slot, x + slot.left, y);
      canvas.target({
        x: x + slot.left - 5,
        y: y - 9,
        width: slot.width - 4,
        height: 46,
        row,
        column,
        words: stopWords(slot.stop),
        branch,
        outcomes: [ways[0].outcomes[0]],
        step: slot.stop.stepId,
      });
      column += 1;
    }
  }
}

function drawSlot(canvas: Canvas, { stop, width }: Slot, x: number, y: number): void {
  const room = width - GAP / 2;
  const look = isChange(stop) ? 'changed' : 'plain';
  canvas.dot(x + 5, y, happens(stop) ? look : 'dim');
  canvas.text(x, y + 19, placeName(stop), room, happens(stop) ? 'strong' : 'dim');
  canvas.text(x, y + 33, stop.word, room, look);
}
