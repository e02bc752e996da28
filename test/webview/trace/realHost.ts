/** The panel's host over real rules: what the language server does, without the editor around it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { assumeWords } from '../../../src/kubeproxy/answer/assumed.ts';
import { answerOf } from '../../../src/kubeproxy/answer/answer.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { type ConsideredPage, consideredRules } from '../../../src/kubeproxy/narrative/considered.ts';
import { narrate } from '../../../src/kubeproxy/narrative/narrate.ts';
import { nowhere } from '../../../src/kubeproxy/narrative/onward.ts';
import { drawAcross } from '../../../src/kubeproxy/picture/across.ts';
import { pictureOf } from '../../../src/kubeproxy/picture/pictureOf.ts';
import { toMermaid } from '../../../src/kubeproxy/picture/toMermaid.ts';
import { toSvg } from '../../../src/kubeproxy/picture/toSvg.ts';
import { drawUpright } from '../../../src/kubeproxy/picture/upright.ts';
import { toCommandLine } from '../../../src/kubeproxy/narrative/toCommandLine.ts';
import { toMarkdown } from '../../../src/kubeproxy/narrative/toMarkdown.ts';
import { type SnapshotFileName, snapshotFileNames } from '../../../src/kernel/snapshot.ts';
import type { ConsideredParams, FlowForm, TraceAnswer, TraceParams } from '../../../src/protocol/requests.ts';
import { stateOf, TraceHost } from './traceHost.ts';

/** Changes the rules before they are read. */
export type EditRules = (rules: string) => string;

const opened = new Map<string, Analysis>();

/** Files of a snapshot beside those of its folder. */
export type MoreFiles = readonly (readonly [SnapshotFileName, string])[];

/** The snapshot in `folder`, with `more`, read once. */
function analysisIn(folder: string, edit: EditRules, more: MoreFiles): Analysis {
  const key = folder + edit.toString() + JSON.stringify(more);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const names = snapshotFileNames.filter((name) => existsSync(join(folder, name)));
  const files = new Map(
    names.map((name) => [name, name === 'iptables-save.txt' ? edit(text(name)) : text(name)]),
  );
  const analysis = analysisOfFiles(new Map([...files, ...more]));
  opened.set(key, analysis);
  return analysis;
}

function trace(analysis: Analysis, { form, decisions }: TraceParams): TraceAnswer {
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return { kind: 'invalid', errors: reading.errors };
  const { flow, fromNote, toNote } = reading;
  const answer = answerOf(analysis, flow, { decisions });
  if (answer === null) return { kind: 'unavailable', message: 'There are no such rules.' };
  const narrative = narrate(answer, flow, analysis, decisions);
  const command = toCommandLine(form, 'node-1', assumeWords(decisions, narrative.assumptions));
  const way = pictureOf({ narrative, answer, flow, analysis, onward: nowhere }, fromNote);
  const picture = { across: drawAcross(way), upright: drawUpright(way) };
  const drawn = { mermaid: toMermaid(way), svg: toSvg(picture.across, way.headline) };
  const copies = { command, json: '{}', markdown: toMarkdown(narrative, command), ...drawn };
  const uris = { iptables: 'file:///4', ip6tables: 'file:///6', connections: 'file:///conntrack' };
  const alone = { continuations: [], nodeUris: {}, wanted: [] };
  return { kind: 'answer', narrative, uris, fromNote, toNote, copies, picture, ...alone };
}

function considered(analysis: Analysis, params: ConsideredParams): ConsideredPage {
  const reading = readForm(params.form, analysis);
  if (reading.kind === 'errors') throw new Error('the form was right before');
  const { flow } = reading;
  const { decisions } = params;
  const answer = answerOf(analysis, flow, { decisions });
  if (answer === null) throw new Error('there were such rules before');
  return consideredRules({ flow, analysis, decisions, answer }, params);
}

/** Opens the panel on a packet through the rules in `folder`. */
export function realHost(
  folder: string,
  form: Partial<FlowForm>,
  edit: EditRules = (rules) => rules,
  more: MoreFiles = [],
): TraceHost {
  const analysis = analysisIn(folder, edit, more);
  return new TraceHost(stateOf(form, true), {
    trace: async (params) => Promise.resolve(trace(analysis, params)),
    considered: async (params) => Promise.resolve(considered(analysis, params)),
    savePicture: async () => Promise.resolve(null),
    copy: async () => Promise.resolve(null),
  });
}
