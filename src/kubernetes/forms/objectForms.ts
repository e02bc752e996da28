/**
 * Objects in the forms that `kubectl` prints beside JSON: YAML, tables, `describe`, one after the other in one text. Each
 * becomes what the JSON would hold, as far as the form tells it.
 */
import { jsonDocumentEnd, readJsonDocuments } from '../../text/jsonDocuments.ts';
import { describedValues } from './describedForm.ts';
import type { FormRead } from './formRead.ts';
import { tableValues } from './tableForm.ts';
import { isTableHeader } from './tableRows.ts';
import { yamlValues } from './yamlForm.ts';

type Form = (text: string) => FormRead;

const isDescribed = (line: string): boolean => /^Name: {2,}\S/.test(line);
const isYaml = (line: string): boolean =>
  /^(---|apiVersion:|kind:|items:|metadata:|- apiVersion:)/.test(line);

/** Null where the text is JSON alone, or has none of these forms. */
export function readForms(text: string): FormRead | null {
  if (/^[\s\uFEFF]*[[{]/.test(text)) return null;
  const sections = sectionsOf(text);
  if (sections.length === 0) return null;
  const read = sections.map(({ form, text: own }) => form(own));
  return {
    values: read.flatMap(({ values }) => values),
    problems: read.flatMap(({ problems }) => problems),
    partial: read.flatMap(({ partial }) => partial),
  };
}

interface Section {
  readonly form: Form;
  readonly text: string;
}

function sectionsOf(text: string): readonly Section[] {
  const sections: { form: Form; start: number; end: number }[] = [];
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    let end = newline === -1 ? text.length : newline;
    const line = text.slice(at, end).replace(/\r$/, '');
    const last = sections.at(-1);
    const form = formOf(line, last?.form ?? null);
    if (form === jsonForm) end = lineEndBehind(text, jsonDocumentEnd(text, at) ?? text.length);
    if (form !== null && (form !== last?.form || form === jsonForm)) sections.push({ form, start: at, end });
    else if (last !== undefined && last.form !== jsonForm) last.end = end;
    at = end + 1;
  }
  return sections.map(({ form, start, end }) => ({ form, text: text.slice(start, end) }));
}

/** The form that begins, or goes on anew, with a line; null for one that goes on with what was begun. */
function formOf(line: string, open: Form | null): Form | null {
  if (/^[{[]\s*("|\{|$)/.test(line) && open !== yamlValues) return jsonForm;
  if (isTableHeader(line)) return tableValues;
  if (isDescribed(line)) return describedValues;
  return isYaml(line) ? yamlValues : null;
}

function lineEndBehind(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

const jsonForm: Form = (text) => ({ ...readJsonDocuments(text), partial: [] });
