/**
 * A line of a flows file: a packet, and what is expected of it. The packet is a flow (`kernel/flows.ts`), or is said in the
 * words of the trace form: `{"from": "default/client", "to": "default/web:http", "expect": "forward"}`.
 */
import { readFlow } from '../../kernel/flows.ts';
import type { Flow } from '../../kernel/flow.ts';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import type { Analysis } from '../analysis.ts';
import { type AssumeWords, readAssume } from '../answer/assumed.ts';
import { formFrom, readForm, type FlowField, type FlowForm } from '../form/flowForm.ts';
import { type Expectation, readExpectation } from './expectation.ts';

/** A line, read. Names of it are looked up in the rules. */
export type LineReading =
  | {
      readonly kind: 'line';
      /** As it is written; null where there is none. */
      readonly id: unknown;
      readonly flow: Flow;
      /** Null where the line expects nothing. */
      readonly expect: Expectation | null;
      /** What the line decides of the packet's open questions. */
      readonly assume: readonly AssumeWords[];
    }
  | { readonly kind: 'error'; readonly id: unknown; readonly field: string | null; readonly message: string };

/** Reads a line. What makes no sense is an error that names its field; fields that are not known are ignored. */
export function readLine(line: string, analysis: Analysis): LineReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return wrong(null, null, `This line is not JSON: ${error.message}`);
  }
  const record = isRecord(value) ? value : {};
  const id = record['id'] ?? null;
  const flow = isRecord(value) && isInWords(value) ? flowOfWords(value, analysis) : flowOf(value);
  if ('message' in flow) return wrong(id, flow.field, flow.message);
  const expect = readExpectation(record['expect']);
  if (expect !== null && 'message' in expect) return wrong(id, 'expect', expect.message);
  const assume = readAssumes(record['assume']);
  return 'message' in assume
    ? wrong(id, 'assume', assume.message)
    : { kind: 'line', id, flow, expect, assume };
}

/** Fields of a line that is in words: those of the form. */
export const wordFields = [
  'from',
  'to',
  'protocol',
  'state',
  'mark',
  'interface',
  'ttl',
  'tcpFlags',
  'icmpType',
  'uid',
  'gid',
] as const satisfies readonly FlowField[];

/** Whether a line says its ends in words, and not as a flow does. */
export function isInWords({ from, to }: JsonRecord): boolean {
  return typeof from === 'string' || typeof to === 'string';
}

/** The form of a line in words; its message where a field is none. */
export function formOfWords(
  line: JsonRecord,
): FlowForm | { readonly field: string; readonly message: string } {
  const texts: Partial<Record<string, string>> = {};
  for (const field of wordFields) {
    const value = line[field] ?? '';
    if (typeof value !== 'string' && typeof value !== 'number') {
      return {
        field,
        message: `${field}: must be text, as --${field} takes it, since an end of this line is`,
      };
    }
    texts[field] = String(value);
  }
  return formFrom((field) => texts[field] ?? '');
}

type FlowOrError = Flow | { readonly field: string | null; readonly message: string };

function flowOf(value: unknown): FlowOrError {
  const reading = readFlow(value);
  if (reading.kind === 'flow') return reading.flow;
  const [, field = null] = /^(\w+)[\w.[\]]*:/.exec(reading.message) ?? [];
  return { field, message: reading.message };
}

function flowOfWords(line: JsonRecord, analysis: Analysis): FlowOrError {
  for (const field of ['after', 'then', 'packet']) {
    if (line[field] !== undefined) {
      return { field, message: `${field}: goes with ends that are objects, and not with ends in words` };
    }
  }
  const form = formOfWords(line);
  if ('message' in form) return form;
  const id = line['id'] ?? null;
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') {
    return { field: 'id', message: 'id: must be text or a number' };
  }
  const reading = readForm(form, analysis);
  if (reading.kind === 'flow') return id === null ? reading.flow : { ...reading.flow, id: String(id) };
  const [first] = reading.errors;
  return {
    field: first?.field ?? null,
    message: reading.errors.map(({ field, message }) => `${field}: ${message}`).join(' '),
  };
}

function readAssumes(value: unknown): readonly AssumeWords[] | { readonly message: string } {
  if (value === undefined || value === null) return [];
  const found: AssumeWords[] = [];
  for (const text of Array.isArray(value) ? value : [value]) {
    const words = typeof text === 'string' ? readAssume(text) : null;
    if (words === null) {
      return {
        message: 'assume: takes a list of CODE=yes, CODE=no or CODE=WORD, such as "ipset-unknown=yes"',
      };
    }
    found.push(words);
  }
  return found;
}

function wrong(id: unknown, field: string | null, message: string): LineReading {
  return { kind: 'error', id, field, message };
}
