import type { Target } from '../../../rules/iptables/nodes.ts';
import { prefixMask } from '../../../values/address.ts';
import { jhash, scaled, wordsOf } from '../../../values/jhash.ts';
import { MAX_16, MAX_32, type NumberRange, readNumber } from '../../../values/numbers.ts';
import { readAddress } from '../../../values/networks.ts';
import type { Family } from '../../../kernel/flow.ts';
import { type Question, question } from '../../../kernel/answers.ts';
import { hasPorts, isIcmp, isIcmpError, type Packet, type QuotedEnds } from '../../../kernel/packet.ts';
import { originalEnd, pickedFact, pickedFrom } from '../../../kernel/nat/pickedPorts.ts';
import type { Run } from '../../../kernel/run.ts';
import type { RuleContext } from '../matches/match.ts';
import { valueIn } from '../matches/reading.ts';
import { CONTINUE, placeName, type TargetCompiler, targetOption, targetValue, unknownEnd } from './target.ts';
import { notModelled } from './verdicts.ts';

interface Settings {
  readonly modulus: number;
  readonly offset: number;
  readonly seed: number;
  readonly sourceMask: bigint;
  readonly destinationMask: bigint;
  readonly portMasks: Ports;
  readonly portBits: Ports;
  readonly protocolMask: number;
}

interface Ports {
  readonly source: number;
  readonly destination: number;
}

/** `-j HMARK --hmark-tuple src,dst,sport --hmark-mod 10 --hmark-rnd 0xdeafbeef --hmark-offset 1`: xt_HMARK.c. */
export const hmark: TargetCompiler = (target, context) => {
  const settings = settingsOf(target, context.family);
  if (settings === null) return notModelled(target, context);
  return {
    act: (packet, run) => {
      const was = packet.mark;
      const mark = markOf(packet, settings) ?? askMark(packet, settings, run, context);
      if (mark === null) return unknownEnd(context, 'the mark that HMARK gives the packet is not known');
      packet.mark = mark;
      return { effect: { kind: 'mark', was, is: mark }, control: CONTINUE };
    },
  };
};

/** More marks than these are not told apart. */
const MOST_MARKS = 16;
/** Of more ports than these so many are tried, evenly, and no mark tells which ports it comes from. */
const MOST_PORTS = 4096;

/** One of the marks that the ports may give which the kernel picks from, as `run` is asked; null where that is not it. */
function askMark(packet: Packet, settings: Settings, run: Run, context: RuleContext): number | null {
  const end = packet.sourcePort === '*' ? 'source' : 'destination';
  const part = `${end}Port` as const;
  if (packet[part] !== '*' || settings.modulus > MOST_MARKS) return null;
  const original = originalEnd(packet, end);
  const range = pickedFrom(packet, original);
  const step = Math.ceil((range.to - range.from + 1) / MOST_PORTS);
  const ports = new Map<number, NumberRange[]>();
  for (let port = range.from; port <= range.to; port += step) {
    const mark = markOf({ ...packet, [part]: port }, settings);
    if (mark === null) return null;
    const same = ports.get(mark);
    if (same === undefined) ports.set(mark, [{ from: port, to: port }]);
    else same.push({ from: port, to: port });
  }
  const [last = null, ...others] = ports.keys();
  const isGiven = (mark: number): boolean =>
    run.ask(aboutMark(mark, original, step > 1 ? [] : (ports.get(mark) ?? []), context));
  return others.find(isGiven) ?? last;
}

function aboutMark(
  mark: number,
  end: 'source' | 'destination',
  ports: readonly NumberRange[],
  context: RuleContext,
): Question {
  const text = `0x${mark.toString(16)}`;
  return question(
    `port:${end}:${placeName(context)}:${text}`,
    'port-unknown',
    `The kernel picks the ${end} port at random; HMARK makes the mark ${text} of some of those ports.`,
    `HMARK makes ${text} of the ${end} port`,
    { is: ports.length === 0 ? [] : [pickedFact(end, ports)] },
  );
}

/** Null where it takes what is not known: the source, an index of IPsec, what an ICMP error quotes. */
function markOf(packet: Packet, settings: Settings): number | null {
  const { family } = packet;
  if (packet.sourceUnknown) return null;
  const hashed = isIcmp(packet) && isIcmpError(family, packet.icmpType ?? 0) ? packet.quoted : packet;
  const ports = hashed === null ? null : portsOf(hashed, settings);
  if (hashed === null || ports === null) return null;
  const ends = [
    folded(hashed.source & settings.sourceMask, family),
    folded(hashed.destination & settings.destinationMask, family),
  ];
  const [low = 0, high = 0] = ends.toSorted((a, b) => a - b);
  const hash = (jhash([low, high, ports], settings.seed) ^ (hashed.protocol & settings.protocolMask)) >>> 0;
  return (scaled(hash, settings.modulus) + settings.offset) >>> 0;
}

/** An IPv6 address as one word. */
function folded(address: bigint, family: Family): number {
  return wordsOf(address, family === 4 ? 1 : 4).reduce((sum, word) => (sum ^ word) >>> 0, 0);
}

const WITH_INDEX: ReadonlySet<number> = new Set([50, 51]);

/** The greater port first, so that both directions have one mark. */
function portsOf(packet: QuotedEnds, { portMasks, portBits }: Settings): number | null {
  if (
    portMasks.source === 0 &&
    portMasks.destination === 0 &&
    portBits.source === 0 &&
    portBits.destination === 0
  )
    return 0;
  if (WITH_INDEX.has(packet.protocol)) return null;
  if (!hasPorts(packet.protocol)) return 0;
  const { sourcePort, destinationPort } = packet;
  if (typeof sourcePort !== 'number' || typeof destinationPort !== 'number') return null;
  const source = (sourcePort & portMasks.source) | portBits.source;
  const destination = (destinationPort & portMasks.destination) | portBits.destination;
  return ((Math.max(source, destination) << 16) | Math.min(source, destination)) >>> 0;
}

function settingsOf(target: Target, family: Family): Settings | null {
  const tuple = new Set((targetValue(target, '--hmark-tuple') ?? '').split(','));
  const spi = ['--hmark-spi', '--hmark-spi-mask'].some((name) => targetOption(target, name) !== null);
  if (tuple.has('ct') || tuple.has('spi') || spi) return null;
  const number = (name: string, missing: number, max = MAX_32): number | null => {
    const text = targetValue(target, name);
    return text === null ? missing : valueIn(readNumber(text, max));
  };
  const part = (name: string): number => (tuple.has(name) ? MAX_16 : 0);
  const modulus = number('--hmark-mod', 0);
  const offset = number('--hmark-offset', 0);
  const seed = number('--hmark-rnd', 0);
  const sourceMask = maskOf(target, '--hmark-src-prefix', tuple.has('src'), family);
  const destinationMask = maskOf(target, '--hmark-dst-prefix', tuple.has('dst'), family);
  const [from, to] = [
    number('--hmark-sport-mask', part('sport'), MAX_16),
    number('--hmark-dport-mask', part('dport'), MAX_16),
  ];
  const [ofSource, ofDestination] = [number('--hmark-sport', 0, MAX_16), number('--hmark-dport', 0, MAX_16)];
  const protocolMask = number('--hmark-proto-mask', part('proto'), MAX_16);
  if (modulus === null || modulus === 0 || offset === null || seed === null || protocolMask === null)
    return null;
  if (sourceMask === null || destinationMask === null || from === null || to === null) return null;
  if (ofSource === null || ofDestination === null) return null;
  return {
    modulus,
    offset,
    seed,
    sourceMask,
    destinationMask,
    portMasks: { source: from, destination: to },
    portBits: { source: ofSource, destination: ofDestination },
    protocolMask,
  };
}

/** `24` or `255.255.255.0`; without the option all of the address counts where the tuple names it, else nothing. */
function maskOf(target: Target, name: string, whole: boolean, family: Family): bigint | null {
  const full = family === 4 ? 32 : 128;
  const text = targetValue(target, name);
  if (text === null) return whole ? prefixMask(family, full) : 0n;
  const length = valueIn(readNumber(text, full));
  return length === null ? (valueIn(readAddress(text, family))?.value ?? null) : prefixMask(family, length);
}
