/** What an agent sent, checked against a tool's schema: it may be anything. */
import { isRecord, type JsonRecord } from '../text/json.ts';
import type { FieldSchema, Fields } from './toolTable.ts';

/** Longer texts are refused: no name, address or path needs them. */
const LONGEST = 4096;
const MOST_ITEMS = 32;

export class ToolInput {
  readonly #values: JsonRecord;

  constructor(values: JsonRecord) {
    this.#values = values;
  }

  /** Empty where it was not given. */
  text(name: string): string {
    const value = this.#values[name];
    return typeof value === 'string' ? value : '';
  }

  number(name: string, otherwise: number): number {
    const value = this.#values[name];
    return typeof value === 'number' ? value : otherwise;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  }
}

/** Gives the input, or a sentence that says what is wrong with it. */
export function readInput(value: unknown, fields: Fields, required: readonly string[]): ToolInput | string {
  const given = value ?? {};
  if (!isRecord(given)) return 'The input is no object.';
  for (const name of required) if (given[name] === undefined) return `"${name}" is missing.`;
  for (const [name, each] of Object.entries(given)) {
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (schema === undefined) return `There is no field "${name.slice(0, 100)}".`;
    const wrong = problemOf(each, schema);
    if (wrong !== null) return `"${name}" ${wrong}.`;
  }
  return new ToolInput(given);
}

function problemOf(value: unknown, schema: FieldSchema): string | null {
  switch (schema.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'is neither true nor false';
    case 'integer':
      return numberProblem(value, schema);
    case 'array':
      return Array.isArray(value) && value.length <= MOST_ITEMS && value.every((each) => isText(each))
        ? null
        : `is no list of at most ${MOST_ITEMS} texts`;
    default:
      if (!isText(value)) return `is no text of at most ${LONGEST} characters`;
      return schema.enum === undefined || schema.enum.includes(value)
        ? null
        : `is none of ${schema.enum.join(', ')}`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST && !value.includes('\0');
}

function numberProblem(value: unknown, { minimum = 0, maximum = 1e9 }: FieldSchema): string | null {
  return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
    ? null
    : `is no whole number from ${minimum} to ${maximum}`;
}
