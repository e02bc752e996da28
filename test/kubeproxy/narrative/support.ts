import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysisOfFiles, type Analysis } from '../../../src/kubeproxy/analysis.ts';
import { type Answer, answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import { readForm, type FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { narrate } from '../../../src/kubeproxy/narrative/narrate.ts';
import type { Narrative, NarrativeStep } from '../../../src/kubeproxy/narrative/narrative.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { snapshotFileNames, type SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Decision } from '../../../src/kernel/trace.ts';

const opened = new Map<string, Analysis>();

/** A snapshot folder of the repository, `leaving` out some of its files. */
export function snapshot(path: string, leaving: readonly SnapshotFileName[] = []): Analysis {
  const key = [path, ...leaving].join(' ');
  const known = opened.get(key);
  if (known) return known;
  const folder = new URL(`../../../${path}`, import.meta.url).pathname;
  const present = new Set(readdirSync(folder));
  const names = snapshotFileNames.filter((name) => present.has(name) && !leaving.includes(name));
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const));
  const analysis = analysisOfFiles(files);
  opened.set(key, analysis);
  return analysis;
}

/** The rules alone, as somebody pastes them. */
export function rulesOnly(
  text: string,
  others: Readonly<Partial<Record<SnapshotFileName, string>>> = {},
): Analysis {
  const files = new Map<SnapshotFileName, string>([['iptables-save.txt', text]]);
  for (const name of snapshotFileNames) {
    const other = others[name];
    if (other !== undefined) files.set(name, other);
  }
  return analysisOfFiles(files);
}

export interface Told {
  readonly answer: Answer;
  readonly flow: Flow;
  readonly narrative: Narrative;
}

/** The telling of the packet that a form describes; the form must be right. */
export function tell(analysis: Analysis, form: Partial<FlowForm>, decisions: readonly Decision[] = []): Told {
  const reading = readForm({ ...emptyForm, ...form }, analysis);
  if (reading.kind === 'errors') throw new Error(JSON.stringify(reading.errors));
  const { flow } = reading;
  const answer = answerOf(analysis, flow, { decisions });
  if (answer === null) throw new Error(`no IPv${flow.family} rules`);
  return { flow, answer, narrative: narrate(answer, flow, analysis, decisions) };
}

/** The sentences of a telling. */
export function sentences(analysis: Analysis, form: Partial<FlowForm>): readonly string[] {
  const { narrative } = tell(analysis, form);
  return [narrative.headline, ...narrative.details];
}

/** A path as indented text. */
export function pathText(steps: readonly NarrativeStep[], depth = 0): string {
  return steps
    .map(({ number, label, chance, children }) => {
      const line = `${'  '.repeat(depth)}${number === null ? '' : `${number} `}${label}${chance === null ? '' : ` (${chance})`}`;
      return [line, ...(children.length > 0 ? [pathText(children, depth + 1)] : [])].join('\n');
    })
    .join('\n');
}
