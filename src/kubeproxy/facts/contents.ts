/**
 * Says by its content what a text holds, whatever it is called: one program's output, or several one after the other, with
 * prompts and other lines between them. Never throws; reads each line once.
 */
import { jsonDocumentEnd } from '../../text/jsonDocuments.ts';
import type { Span } from '../../text/span.ts';
import type { ContentKind } from './contentKind.ts';
import { jsonKind } from './jsonKind.ts';
import { type LineKind, lineKinds } from './lineKinds.ts';

/** A stretch of whole lines that one program wrote. */
export interface Part {
  readonly kind: ContentKind;
  readonly span: Span;
  readonly text: string;
}

export interface Contents {
  /** In order of the text; neighbours of one kind are one part. */
  readonly parts: readonly Part[];
  /** Lines with a text that belong to no part. */
  readonly others: number;
  /** The first of them, for a message; null where there is none. */
  readonly firstOther: string | null;
}

/** Tells the parts of a text. Line ends may be CR LF; the parts' texts have LF. */
export function contentsOf(text: string): Contents {
  const gathered = new Gathered(text);
  let open: LineKind | null = null;
  // Where one document breaks off all that follows is within it: each line would be looked through to the end.
  let isBroken = false;
  for (let at = 0; at < text.length;) {
    const run = open?.kind === 'rules' ? endOfRun(text, at) : at;
    if (run > at) {
      gathered.add('rules', at, run);
      at = run + 1;
      continue;
    }
    const end = lineEnd(text, at);
    const line = lineOf(text, at, end);
    const next = end + 1 < text.length ? lineOf(text, end + 1, lineEnd(text, end + 1)) : '';
    if (!isBroken && startsJson(line)) {
      const documentEnd = jsonDocumentEnd(text, at);
      isBroken = documentEnd === null;
      if (documentEnd !== null) {
        const last = lineEnd(text, documentEnd);
        gathered.add(jsonKind(text, at, documentEnd), at, last);
        open = null;
        at = last + 1;
        continue;
      }
    }
    if (open === null || !open.goesOn(line, next)) {
      open = lineKinds.find((each) => each.begins(line, next)) ?? (line.trim() === '' ? open : null);
    }
    if (line.trim() !== '') gathered.add(open?.kind ?? null, at, end);
    at = end + 1;
  }
  return gathered.contents();
}

const RULE = '-A KUBE-';

/** The end of the last of the lines from `at` on that are rules of kube-proxy's chains, nearly all of a large dump; `at` where none is. */
function endOfRun(text: string, at: number): number {
  let end = at;
  for (let start = at; text.startsWith(RULE, start); start = end + 1) end = lineEnd(text, start);
  return end;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function lineOf(text: string, start: number, end: number): string {
  return text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
}

/** `{`, `[{"ifindex":1,…`, but no `[0:0] -A INPUT` */
function startsJson(line: string): boolean {
  return /^\s*(\{\s*("|$|\})|\[\s*(\{|\[|\]|$))/.test(line);
}

/** Parts while they are being found. */
class Gathered {
  readonly #text: string;
  readonly #parts: { kind: ContentKind; start: number; end: number }[] = [];
  #others = 0;
  #firstOther: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** `kind` null: of a line that belongs to no part. */
  add(kind: ContentKind | null, start: number, end: number): void {
    const last = this.#parts.at(-1);
    if (kind === null) {
      this.#others++;
      this.#firstOther ??= this.#text.slice(start, Math.min(end, start + MOST_CHARACTERS)).trim();
    } else if (last?.kind === kind && this.#isBlank(last.end, start)) {
      last.end = end;
    } else {
      this.#parts.push({ kind, start, end });
    }
  }

  contents(): Contents {
    const parts = this.#parts.map(({ kind, start, end }) => ({
      kind,
      span: { start, end },
      text: this.#text.slice(start, end).replaceAll(/\r(?=\n|$)/g, ''),
    }));
    return { parts, others: this.#others, firstOther: this.#firstOther };
  }

  #isBlank(start: number, end: number): boolean {
    return end - start < MOST_BLANK && this.#text.slice(start, end).trim() === '';
  }
}

/** Of a line that is shown. */
const MOST_CHARACTERS = 60;
/** Characters between two parts that are looked at. */
const MOST_BLANK = 1000;
