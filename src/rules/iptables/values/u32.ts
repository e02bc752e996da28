import { MAX_32, type NumberRange, readNumber } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

/** `0>>22&0x3c@4=1:5,9`: what is read first, what is done with it, and what it must be. */
export interface U32Test {
  readonly start: number;
  readonly steps: readonly { readonly operator: '&' | '<<' | '>>' | '@'; readonly operand: number }[];
  readonly ranges: readonly NumberRange[];
}

const STEP = /^\s*(&|<<|>>|@)\s*([\dxa-fA-F]+)/;
const FIRST = /^\s*([\dxa-fA-F]+)/;

/** include/uapi/linux/netfilter/xt_u32.h: XT_U32_MAXSIZE, of tests, and in each of numbers and of values. */
const MOST = 10;
/** The kernel shifts no 32 bits. */
const MOST_BITS = 31;

/** Reads the value of `--u32`, tests joined by `&&` (libxt_u32.c). */
export function readU32(text: string): Reading<readonly U32Test[]> {
  const tests = text.split('&&').map(readTest);
  if (tests.length > MOST) return fault(`has more than ${MOST} tests`);
  return tests.every((test) => test !== null)
    ? value(tests)
    : fault('is not of the form "place=values", such as 0>>22&0x3C@0=0x50');
}

function readTest(text: string): U32Test | null {
  const equals = text.indexOf('=');
  if (equals === -1) return null;
  let place = text.slice(0, equals);
  const first = FIRST.exec(place);
  const start = first === null ? null : numberOf(first[1] ?? '');
  if (first === null || start === null) return null;
  place = place.slice(first[0].length);
  const steps: U32Test['steps'][number][] = [];
  while (place.trim() !== '') {
    const step = STEP.exec(place);
    const operand = numberOf(step?.[2] ?? '');
    const operator = step?.[1];
    if (step === null || operand === null || !isOperator(operator)) return null;
    if (operator.length === 2 && operand > MOST_BITS) return null;
    steps.push({ operator, operand });
    place = place.slice(step[0].length);
  }
  const ranges = text
    .slice(equals + 1)
    .split(',')
    .map(rangeOf);
  if (steps.length >= MOST || ranges.length > MOST) return null;
  return ranges.every((range) => range !== null) ? { start, steps, ranges } : null;
}

function isOperator(text: string | undefined): text is U32Test['steps'][number]['operator'] {
  return text === '&' || text === '<<' || text === '>>' || text === '@';
}

function rangeOf(text: string): NumberRange | null {
  const [first = '', last = first, more] = text.split(':');
  if (more !== undefined) return null;
  const [from, to] = [numberOf(first), numberOf(last)];
  return from === null || to === null ? null : { from, to };
}

function numberOf(text: string): number | null {
  const reading = readNumber(text.trim(), MAX_32);
  return reading.kind === 'value' ? reading.value : null;
}
