/** Files of flows with what is expected of each: `flows.jsonl`, `NAME.flows.jsonl`. Each line with text is a test. */
import type * as vscode from 'vscode';
import { parseRecord } from '../../text/json.ts';

/** As the manifest has it. */
export const flowsLanguage = 'kube-proxy-flows';

/** The same files, for VS Code's search. */
export const flowsGlob = '**/{flows,*.flows}.jsonl';

/** A file with more than this is one for the terminal; in bytes. */
export const largestFlows = 4 * 1024 * 1024;

/** A line with text. */
export interface FlowLine {
  /** From 0. */
  readonly line: number;
  readonly text: string;
  /** What a row shows: its id, its ends, else its text. It may hold anything, as the file may. */
  readonly name: string;
  /** The same for the same name, whatever stands before it. */
  readonly key: string;
}

export function isFlows(document: vscode.TextDocument): boolean {
  return document.languageId === flowsLanguage;
}

export function linesOf(text: string): readonly FlowLine[] {
  const seen = new Map<string, number>();
  return text.split(/\r?\n/).flatMap((each, line) => {
    const trimmed = each.trim();
    if (trimmed === '') return [];
    const name = nameOf(trimmed);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return [{ line, text: each, name, key: `${count} ${name}` }];
  });
}

function nameOf(text: string): string {
  const record = parseRecord(text);
  const id = record?.['id'];
  if (typeof id === 'string' || typeof id === 'number') return String(id);
  const [from, to] = [endName(record?.['from']), endName(record?.['to'])];
  return from === '' && to === '' ? text : `${from} → ${to}`;
}

function endName(end: unknown): string {
  if (typeof end === 'string') return end;
  if (typeof end !== 'object' || end === null) return '';
  const { kind, address, port }: Readonly<Record<string, unknown>> = { ...end };
  const place = [address, port].filter((each) => typeof each === 'string' || typeof each === 'number');
  return place.length > 0 ? place.join(':') : typeof kind === 'string' ? kind : '';
}
