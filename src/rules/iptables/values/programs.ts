/** Small programs in a value: tests of u32, bytecode of bpf. Only their form is read. */
import { MAX_16, MAX_32, readNumber } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

/** include/uapi/linux/netfilter/xt_u32.h: XT_U32_MAXSIZE, of each of tests, places and values. */
const MOST_U32 = 10;
const NUMBER = String.raw`\s*(0x[\da-f]+|0[0-7]*|[1-9]\d*)\s*`;
const LOCATION = new RegExp(`^${NUMBER}(?:(&|<<|>>|@)${NUMBER})*$`, 'i');

/** `0 >> 22 & 0x3C @ 4 = 0x29, 0x31:0x32 && …` */
export function readU32(text: string): Reading<string> {
  const tests = text.split('&&');
  if (tests.length > MOST_U32) return fault(`has more than ${MOST_U32} tests`);
  return tests.every(isTest)
    ? value(text)
    : fault('is not of the form "place=values", such as 0>>22&0x3C@0=0x50');
}

function isTest(text: string): boolean {
  const [place = '', ranges, ...more] = text.split('=');
  if (ranges === undefined || more.length > 0 || !LOCATION.test(place)) return false;
  const steps = place.split(/(&|<<|>>|@)/);
  const numbers = steps.filter((_, index) => index % 2 === 0);
  const values = ranges.split(',');
  return (
    numbers.length <= MOST_U32 &&
    values.length <= MOST_U32 &&
    numbers.every((each) => isNumber(each, MAX_32)) &&
    steps.every((each, index) => !/<<|>>/.test(each) || isNumber(steps[index + 1] ?? '', 31)) &&
    values.every(
      (range) => range.split(':').length <= 2 && range.split(':').every((each) => isNumber(each, MAX_32)),
    )
  );
}

function isNumber(text: string, most: number): boolean {
  return readNumber(text.trim(), most).kind === 'value';
}

/** XT_BPF_MAX_NUM_INSTR */
const MOST_INSTRUCTIONS = 64;
const INSTRUCTION = /^\s*\+?(\d+)\s+\+?(\d+)\s+\+?(\d+)\s+[-+]?\d+/;

/** `4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0`: how many instructions, and each. What the kernel makes of them is not looked at. */
export function readBytecode(text: string): Reading<string> {
  const [count = '', ...instructions] = text.replace(/,$/, '').split(',');
  const number = /^\s*\+?\d+$/.test(count) ? Number(count) : 0;
  if (number === 0 || number > MOST_INSTRUCTIONS)
    return fault('does not begin with a number of instructions from 1 to 64');
  if (number !== instructions.length)
    return fault(`says ${number} instructions and has ${instructions.length}`);
  const wrong = instructions.find((each) => !isInstruction(each));
  return wrong === undefined ? value(text) : fault('has an instruction that is not four numbers');
}

function isInstruction(text: string): boolean {
  const found = INSTRUCTION.exec(text);
  return found !== null && Number(found[1]) <= MAX_16;
}
