/** A packet that a rule wrote to the kernel's log (`-j LOG`, `log` of nftables, ufw), behind whatever prefix and log put before it. */
import { seenPacket } from '../kernelTrace/seenPacket.ts';
import type { CapturedPacket } from './captured.ts';

/** `[ 4711.123456] [UFW BLOCK] IN=eth0 OUT= MAC=… SRC=… DST=… LEN=60 … PROTO=TCP …` → what follows the prefix */
const LOGGED =
  /(IN=[\w.@:-]{0,20} OUT=[\w.@:-]{0,20} (?:\S{1,80} ){0,5}SRC=[\da-f.:]{2,45} DST=[\da-f.:]{2,45} .{0,1000}?\bPROTO=.{0,500})/i;
/** Since the start of the kernel: `[ 4711.123456]` */
const SECONDS = /\[ {0,8}(\d{1,10}\.\d{6})\]/;
const TRACED = /\bTRACE: \w+:/;

const LONGEST = 2000;

/** Null for any other line, also for one of the TRACE target. */
export function loggedLine(line: string): CapturedPacket | null {
  const text = line.slice(0, LONGEST);
  const [, rest] = LOGGED.exec(text) ?? [];
  const packet = rest === undefined || TRACED.test(text) ? null : seenPacket(rest);
  if (packet === null) return null;
  const seconds = SECONDS.exec(text)?.[1];
  const { input, output } = packet;
  return {
    seconds: seconds === undefined ? null : Number(seconds),
    packet,
    interfaceIndex: null,
    direction: input === null && output !== null ? 'out' : 'in',
    isLogged: true,
  };
}
