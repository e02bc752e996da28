import type { Target } from '../../../rules/iptables/nodes.ts';
import { readMarkChange } from '../../../rules/iptables/values/markChange.ts';
import type { MaskedNumber } from '../../../values/marks.ts';
import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { valueIn } from '../matches/reading.ts';
import {
  always,
  CONTINUE,
  type CompiledTarget,
  type TargetCompiler,
  targetOption,
  targetValue,
} from './target.ts';
import { notModelled } from './verdicts.ts';

function changed(old: number, { value, mask }: MaskedNumber): number {
  return ((old & ~mask) ^ value) >>> 0;
}

/** `-j MARK --set-xmark 0x4000/0x4000`: xt_mark.c. */
export const mark: TargetCompiler = (target, context) => {
  const wanted = readMarkChange(target);
  if (wanted === null) return notModelled(target, context);
  return {
    act: (packet) => {
      const was = packet.mark;
      packet.mark = changed(was, wanted);
      return { effect: { kind: 'mark', was, is: packet.mark }, control: CONTINUE };
    },
  };
};

/** `-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff`: xt_connmark.c. Without a connection nothing happens. */
export const connmark: TargetCompiler = (target, context) => {
  const masks = { packet: maskOf(target, '--nfmask'), connection: maskOf(target, '--ctmask') };
  const shift = shiftOf(target);
  if (shift === null) return notModelled(target, context);
  if (targetOption(target, '--save-mark') !== null) return save(masks, shift);
  if (targetOption(target, '--restore-mark') !== null) return restore(masks, shift);
  const wanted = readMarkChange(target);
  if (wanted === null) return notModelled(target, context);
  return onConnection((old) => shift(changed(old, wanted)));
};

interface Masks {
  readonly packet: number;
  readonly connection: number;
}

function maskOf(target: Target, name: string): number {
  const text = targetValue(target, name) ?? targetValue(target, '--mask');
  return (text === null ? null : valueIn(readNumber(text, MAX_32))) ?? MAX_32;
}

type Shift = (mark: number) => number;

/** `--left-shift-mark 2`: what is set, saved or restored is shifted on its way; null where the number makes no sense. */
function shiftOf(target: Target): Shift | null {
  const [left, right] = [targetValue(target, '--left-shift-mark'), targetValue(target, '--right-shift-mark')];
  const text = left ?? right;
  if (text === null) return (bits) => bits;
  const by = valueIn(readNumber(text, 31));
  if (by === null) return null;
  return left === null ? (bits) => bits >>> by : (bits) => (bits << by) >>> 0;
}

function save(masks: Masks, shift: Shift): CompiledTarget {
  return onConnection(
    (old, packetMark) => ((old & ~masks.connection) ^ shift((packetMark & masks.packet) >>> 0)) >>> 0,
  );
}

function onConnection(next: (old: number, packetMark: number) => number): CompiledTarget {
  return {
    act: (packet) => {
      if (packet.connection === null) return { effect: { kind: 'count' }, control: CONTINUE };
      const was = packet.connection.mark;
      packet.connection.mark = next(was, packet.mark);
      return { effect: { kind: 'connmark', was, is: packet.connection.mark }, control: CONTINUE };
    },
  };
}

function restore(masks: Masks, shift: Shift): CompiledTarget {
  const nothing = always({ kind: 'count' }, CONTINUE);
  return {
    act: (packet, run, spot) => {
      if (packet.connection === null) return nothing.act(packet, run, spot);
      const was = packet.mark;
      packet.mark = ((was & ~masks.packet) ^ shift((packet.connection.mark & masks.connection) >>> 0)) >>> 0;
      return { effect: { kind: 'mark', was, is: packet.mark }, control: CONTINUE };
    },
  };
}
