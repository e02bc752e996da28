import { MAX_16 } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

/** `21 0 1 6`: one instruction of a classic BPF program (linux/filter.h: sock_filter). */
export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** XT_BPF_MAX_NUM_INSTR */
const MOST_INSTRUCTIONS = 64;
/** As sscanf reads `%hu %hhu %hhu %u`: what stands behind is not looked at. */
const INSTRUCTION = /^\s*\+?(\d+)\s+\+?(\d+)\s+\+?(\d+)\s+([-+]?\d+)/;

/** Reads the value of `--bytecode`: the number of instructions, then each. What the kernel makes of them is not looked at. */
export function readBpf(text: string): Reading<readonly BpfInstruction[]> {
  const [count = '', ...lines] = text.replace(/,$/, '').split(',');
  const number = /^\s*\+?\d+$/.test(count) ? Number(count) : 0;
  if (number === 0 || number > MOST_INSTRUCTIONS) {
    return fault(`does not begin with a number of instructions from 1 to ${MOST_INSTRUCTIONS}`);
  }
  if (number !== lines.length) return fault(`says ${number} instructions and has ${lines.length}`);
  const program = lines.map(readInstruction);
  return program.every((each) => each !== null)
    ? value(program)
    : fault('has an instruction that is not four numbers');
}

function readInstruction(text: string): BpfInstruction | null {
  const [code, jt, jf, k] = (INSTRUCTION.exec(text) ?? []).slice(1).map(Number);
  if (code === undefined || jt === undefined || jf === undefined || k === undefined || code > MAX_16)
    return null;
  return { code, jt: jt & 0xff, jf: jf & 0xff, k: k >>> 0 };
}
