/** Takes typed values out of parsed JSON; a value of the wrong type is noted as a problem and counts as left out. */
import { isRecord, type JsonRecord } from '../text/json.ts';

/** More problems than this are counted, not listed. */
const MAX_PROBLEMS = 100;

/** Reads fields of one object after the other and gathers what is wrong in them. */
export class JsonReader {
  readonly #problems: string[] = [];
  #more = 0;
  /** Put before each problem: `Service default/web`. */
  subject = '';

  /** One sentence each, without a full stop; the last may count those beyond 100. */
  get problems(): readonly string[] {
    return this.#more === 0 ? this.#problems : [...this.#problems, `${this.#more} more problems`];
  }

  /** `problem`: follows the subject ("has no name"). */
  report(problem: string): void {
    if (this.#problems.length >= MAX_PROBLEMS) this.#more++;
    else this.#problems.push(this.subject === '' ? problem : `${this.subject}: ${problem}`);
  }

  /** The object in a field; an empty one where it is left out, or is none and a problem. */
  record(from: JsonRecord, field: string): JsonRecord {
    const value = from[field];
    if (isRecord(value)) return value;
    if (isGiven(value)) this.report(`${field} is not an object`);
    return {};
  }

  /** The list in a field; an empty one where it is left out, or is none and a problem. */
  list(from: JsonRecord, field: string): readonly unknown[] {
    const value = from[field];
    if (Array.isArray(value)) return value;
    if (isGiven(value)) this.report(`${field} is not a list`);
    return [];
  }

  /** The objects of a list; each other element is a problem and left out. */
  records(from: JsonRecord, field: string): readonly JsonRecord[] {
    return this.list(from, field).flatMap((value, index) => {
      if (isRecord(value)) return [value];
      this.report(`${field}[${index}] is not an object`);
      return [];
    });
  }

  /** The texts of a list; each other element is a problem and left out. */
  strings(from: JsonRecord, field: string): readonly string[] {
    return this.list(from, field).flatMap((value, index) => {
      if (typeof value === 'string') return [value];
      this.report(`${field}[${index}] is not a string`);
      return [];
    });
  }

  /** Null where it is left out, or is no text and a problem. */
  text(from: JsonRecord, field: string): string | null {
    const value = from[field];
    if (typeof value === 'string') return value;
    if (isGiven(value)) this.report(`${field} is not a string`);
    return null;
  }

  /** Null where it is left out, or is no boolean and a problem. */
  flag(from: JsonRecord, field: string): boolean | null {
    const value = from[field];
    if (typeof value === 'boolean') return value;
    if (isGiven(value)) this.report(`${field} is neither true nor false`);
    return null;
  }

  /** A port number from 1 to 65535. Zero, which the API writes for "none" in some fields, counts as left out. */
  port(from: JsonRecord, field: string): number | null {
    const value = this.integer(from, field);
    if (value === null || value === 0) return null;
    if (value > 0 && value <= 65535) return value;
    this.report(`${field} is not a port: ${value}`);
    return null;
  }

  /** Null where it is left out, or is no whole number that a double holds, and a problem. */
  integer(from: JsonRecord, field: string): number | null {
    const value = from[field];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    if (isGiven(value)) this.report(`${field} is not a whole number`);
    return null;
  }

  /** Null where the field is left out, so that "no selector" and "an empty one" can be told apart. */
  stringMap(from: JsonRecord, field: string): ReadonlyMap<string, string> | null {
    if (!isGiven(from[field])) return null;
    const entries = Object.entries(this.record(from, field));
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
