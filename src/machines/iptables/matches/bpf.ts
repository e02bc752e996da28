import { optionNamed } from '../../../rules/iptables/names.ts';
import { type BpfInstruction, readBpf } from '../../../rules/iptables/values/bpf.ts';
import { NOTHING_KNOWN, PacketBytes, type PartlyKnown } from '../../../kernel/packetBytes.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { type MatchCompiler, openAnswer, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

/** `-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"`: xt_bpf.c, a classic program on the bytes that are known. */
export const bpf: MatchCompiler = (match, context) => {
  const option = optionNamed(match.options, '--bytecode');
  const program = option === null ? null : valueIn(readBpf(valueOf(option)));
  if (program === null) return unknownMatch(match, context);
  const open = openAnswer(match, context);
  return whole(
    match,
    (packet) => runProgram(program, packet) ?? open,
    () => 'the BPF program says no',
  );
};

/** Null where it takes something that is not known. Jumps go forward only, so that a program ends. */
function runProgram(program: readonly BpfInstruction[], packet: Packet): boolean | null {
  const machine = new Machine(packet);
  let at = 0;
  for (let instruction = program[at]; instruction !== undefined; instruction = program[at]) {
    const next = machine.step(instruction);
    if (next === null || typeof next === 'boolean') return next;
    at += 1 + next;
  }
  return null;
}

/** Offsets of SKF_AD_OFF (what is not in the packet), SKF_NET_OFF and SKF_LL_OFF. */
const BEHIND_ALL_BYTES = 0x80000000;
const SKF_NET_OFF = 0xfff00000;
const SKF_AD_PROTOCOL = 0xfffff000;
const SKF_AD_MARK = 0xfffff014;

/** How many words of memory a program has. */
const WORDS = 16;

class Machine {
  readonly #packet: Packet;
  readonly #bytes: PacketBytes;
  readonly #memory: PartlyKnown[] = Array.from({ length: WORDS }, () => NOTHING_KNOWN);
  #a: PartlyKnown = exactly(0);
  #x: PartlyKnown = exactly(0);

  constructor(packet: Packet) {
    this.#packet = packet;
    this.#bytes = new PacketBytes(packet);
  }

  /** How many instructions to pass over, the program's answer, or null where it takes what is not known. */
  step(instruction: BpfInstruction): number | boolean | null {
    const { code, k } = instruction;
    switch (code & 7) {
      case 0:
      case 1:
        return this.#load(instruction);
      case 2:
        this.#memory[k % WORDS] = this.#a;
        return 0;
      case 3:
        this.#memory[k % WORDS] = this.#x;
        return 0;
      case 4:
        return this.#calculate(instruction);
      case 5:
        return this.#jump(instruction);
      case 6: {
        const value = (code & 0x18) === 0x10 ? this.#a : exactly(k);
        if (value.bits !== 0) return true;
        return value.known === ALL ? false : null;
      }
      default:
        if ((code & 0x80) === 0) this.#x = this.#a;
        else this.#a = this.#x;
        return 0;
    }
  }

  /** LD and LDX; who reads behind the packet's end ends the program with no. */
  #load({ code, k }: BpfInstruction): number | false | null {
    const value = this.#loaded(code, k);
    if (value === null || value === 'outside') return value === null ? null : false;
    if ((code & 7) === 0) this.#a = value;
    else this.#x = value;
    return 0;
  }

  #loaded(code: number, k: number): PartlyKnown | 'outside' | null {
    const size = (code & 0x18) === 0 ? 4 : (code & 0x18) === 8 ? 2 : 1;
    switch (code & 0xe0) {
      case 0x00:
        return exactly(k);
      case 0x20:
        return this.#read(k, size);
      case 0x40:
        return this.#x.known === ALL ? this.#read((this.#x.bits + k) >>> 0, size) : null;
      case 0x60:
        return this.#memory[k % WORDS] ?? NOTHING_KNOWN;
      case 0x80:
        return this.#bytes.exact ? exactly(this.#bytes.length) : NOTHING_KNOWN;
      default: {
        // LDX MSH: four times the low half of a byte, the length of an IPv4 header.
        const byte = this.#read(k, 1);
        if (byte === null || byte === 'outside') return byte;
        return { bits: (byte.bits & 15) * 4, known: (((byte.known & 15) * 4 + 3) | ~0x3f) >>> 0 };
      }
    }
  }

  #read(offset: number, size: number): PartlyKnown | 'outside' | null {
    if (offset < BEHIND_ALL_BYTES) return this.#bytes.read(offset, size);
    if (offset === SKF_AD_PROTOCOL) return exactly(this.#packet.family === 4 ? 0x0800 : 0x86dd);
    if (offset === SKF_AD_MARK) return exactly(this.#packet.mark);
    return offset >= SKF_NET_OFF && offset < SKF_AD_PROTOCOL
      ? this.#bytes.read(offset - SKF_NET_OFF, size)
      : null;
  }

  #calculate({ code, k }: BpfInstruction): number | false | null {
    const by = (code & 8) === 0 ? exactly(k) : this.#x;
    const operator = code & 0xf0;
    if (operator === 0x50) {
      const known = (this.#a.known & by.known) | (this.#a.known & ~this.#a.bits) | (by.known & ~by.bits);
      this.#a = { bits: (this.#a.bits & by.bits) >>> 0, known: known >>> 0 };
      return 0;
    }
    if (by.known === ALL && (operator === 0x60 || operator === 0x70)) {
      this.#a = shift(this.#a, operator === 0x60, by.bits);
      return 0;
    }
    if ((operator === 0x30 || operator === 0x90) && by.known === ALL && by.bits === 0) return false;
    const isKnown = this.#a.known === ALL && (by.known === ALL || operator === 0x80);
    this.#a = isKnown ? exactly(calculated(operator, this.#a.bits, by.bits)) : NOTHING_KNOWN;
    return 0;
  }

  #jump({ code, jt, jf, k }: BpfInstruction): number | null {
    const operator = code & 0xf0;
    if (operator === 0) return k;
    const holds = compared(operator, this.#a, (code & 8) === 0 ? exactly(k) : this.#x);
    return holds === null ? null : holds ? jt : jf;
  }
}

const ALL = 0xffffffff;

function exactly(value: number): PartlyKnown {
  return { bits: value >>> 0, known: ALL };
}

function shift({ bits, known }: PartlyKnown, left: boolean, by: number): PartlyKnown {
  if (by > 31) return exactly(0);
  if (left) return { bits: (bits << by) >>> 0, known: ((known << by) | (2 ** by - 1)) >>> 0 };
  return { bits: bits >>> by, known: ((known >>> by) | ~(ALL >>> by)) >>> 0 };
}

function calculated(operator: number, a: number, by: number): number {
  switch (operator) {
    case 0x00:
      return a + by;
    case 0x10:
      return a - by;
    case 0x20:
      return Number((BigInt(a) * BigInt(by)) & 0xffffffffn);
    case 0x30:
      return Math.floor(a / by);
    case 0x40:
      return a | by;
    case 0x80:
      return -a;
    case 0x90:
      return a % by;
    default:
      return a ^ by;
  }
}

/** JEQ, JGT, JGE, JSET; null where bits that are not known decide. */
function compared(operator: number, a: PartlyKnown, by: PartlyKnown): boolean | null {
  if (by.known !== ALL) return null;
  const last = (a.bits | ~a.known) >>> 0;
  if (operator === 0x10) {
    if (((a.bits ^ by.bits) & a.known) !== 0) return false;
    return a.known === ALL ? true : null;
  }
  if (operator === 0x40) {
    if ((a.bits & by.bits) !== 0) return true;
    return (last & by.bits) === 0 ? false : null;
  }
  const least = operator === 0x20 ? by.bits + 1 : by.bits;
  if (a.bits >= least) return true;
  return last < least ? false : null;
}
