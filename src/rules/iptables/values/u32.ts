import { MAX_32, type NumberRange, readNumber } from '../../../values/numbers.ts';

/** `0>>22&0x3c@4=1:5,9`: what is read first, what is done with it, and what it must be. */
export interface U32Test {
  readonly start: number;
  readonly steps: readonly { readonly operator: '&' | '<<' | '>>' | '@'; readonly operand: number }[];
  readonly ranges: readonly NumberRange[];
}

const STEP = /^\s*(&|<<|>>|@)\s*([\dxa-fA-F]+)/;
const FIRST = /^\s*([\dxa-fA-F]+)/;

/** Reads the value of `--u32`, tests joined by `&&`; null where it is none (libxt_u32.c). */
export function readU32(text: string): readonly U32Test[] | null {
  const tests = text.split('&&').map(readTest);
  return tests.every((test) => test !== null) ? tests : null;
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
    steps.push({ operator, operand });
    place = place.slice(step[0].length);
  }
  const ranges = text
    .slice(equals + 1)
    .split(',')
    .map(rangeOf);
  return ranges.every((range) => range !== null) ? { start, steps, ranges } : null;
}

function isOperator(text: string | undefined): text is U32Test['steps'][number]['operator'] {
  return text === '&' || text === '<<' || text === '>>' || text === '@';
}

function rangeOf(text: string): NumberRange | null {
  const [first = '', last = first] = text.split(':');
  const [from, to] = [numberOf(first), numberOf(last)];
  return from === null || to === null ? null : { from, to };
}

function numberOf(text: string): number | null {
  const reading = readNumber(text.trim(), MAX_32);
  return reading.kind === 'value' ? reading.value : null;
}
