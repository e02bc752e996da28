import type { Connection } from 'vscode-languageserver';
import { readForm } from '../../kubeproxy/flowForm.ts';
import { narrate } from '../../kubeproxy/narrative/narrate.ts';
import type { ConsideredRule } from '../../kubeproxy/narrative/narrative.ts';
import { toCommandLine } from '../../kubeproxy/narrative/toCommandLine.ts';
import { toMarkdown } from '../../kubeproxy/narrative/toMarkdown.ts';
import type { ConsideredRule as ConsideredStep, Engine } from '../../netfilter/engine.ts';
import type { TableName } from '../../netfilter/trace.ts';
import { flowResult } from '../../netfilter/flows.ts';
import type { Flow } from '../../netfilter/flow.ts';
import {
  consideredRequest,
  type ConsideredParams,
  type FlowForm,
  type Page,
  type TraceAnswer,
  type TraceParams,
  traceRequest,
} from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { readConsideredParams, readTraceParams } from '../params.ts';
import type { Subject, Workspace } from '../workspace.ts';

/** Answers the trace panel: what happens to a packet, and which rules did not match on its way. */
export function handleTrace(connection: Connection, workspace: Workspace): void {
  answer(connection, traceRequest, readTraceParams, async (params) => {
    const subject = await workspace.subject(params.uri);
    return subject === null
      ? unavailable('The rules are not open any more: open them again.')
      : trace(subject, params);
  });
  answer(connection, consideredRequest, readConsideredParams, async (params) => {
    const subject = await workspace.subject(params.uri);
    return subject === null ? noRules : considered(subject, params);
  });
}

function trace(subject: Subject, { form, decisions }: TraceParams): TraceAnswer {
  const { analysis, document, sources } = subject;
  if (document.ruleset.tables.length === 0) {
    return unavailable('There are no rules in this document: open the output of "iptables-save".');
  }
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return { kind: 'invalid', errors: reading.errors };
  const { flow, fromNote, toNote } = reading;
  const engine = analysis.engine(flow.family);
  if (engine === null) return unavailable(noFamily(flow));
  const found = engine.trace(flow, { decisions });
  const narrative = narrate(found, flow, analysis, decisions);
  const command = toCommandLine(form, pathOf(document.uri));
  return {
    kind: 'answer',
    narrative,
    uris: { 4: sources[4]?.uri ?? null, 6: sources[6]?.uri ?? null },
    fromNote,
    toNote,
    copies: {
      command,
      json: JSON.stringify(flowResult(flow, found)),
      markdown: toMarkdown(narrative, command),
    },
  };
}

const noRules: Page<ConsideredRule> = { items: [], total: 0 };

/** The rules of one stretch of a chain that one outcome's packet came by without matching. */
function considered(subject: Subject, params: ConsideredParams): Page<ConsideredRule> {
  const flow = flowOf(subject, params.form);
  const engine = flow === null ? null : subject.analysis.engine(flow.family);
  if (flow === null || engine === null) return noRules;
  const steps = consideredSteps(engine, flow, params);
  const items = steps.slice(0, params.limit).flatMap((step) => consideredRule(subject, flow, step));
  return { items, total: steps.length };
}

function flowOf(subject: Subject, form: FlowForm): Flow | null {
  const reading = readForm(form, subject.analysis);
  return reading.kind === 'flow' ? reading.flow : null;
}

const tableNames: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

function consideredSteps(engine: Engine, flow: Flow, params: ConsideredParams): readonly ConsideredStep[] {
  const { decisions, chain, from, to } = params;
  const table = tableNames.find((name) => name === params.table);
  if (table === undefined) return [];
  // `narrate` calls the outcome at index 3 `o3`; its last rule belongs to the stretch, the engine's does not.
  return engine.considered(
    flow,
    Number(params.outcome.slice(1)),
    { table, chain, from, to: to + 1 },
    { decisions },
  );
}

function consideredRule(
  subject: Subject,
  flow: Flow,
  { place, rule, failure }: ConsideredStep,
): ConsideredRule[] {
  const source = subject.sources[flow.family];
  if (source === null) return [];
  const { start, end } = source.rangeOf(rule);
  return [
    {
      number: place.index + 1,
      text: source.text.slice(rule.start, rule.end),
      failStart: failure.start - rule.start,
      failEnd: failure.end - rule.start,
      reason: failure.reason,
      location: {
        family: flow.family,
        line: start.line,
        startCharacter: start.character,
        endCharacter: end.character,
      },
    },
  ];
}

function unavailable(message: string): TraceAnswer {
  return { kind: 'unavailable', message };
}

function noFamily({ family }: Flow): string {
  const file = family === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt';
  return `There are no IPv${family} rules here: put the output of "${file.replace('.txt', '')}" beside this file as ${file}.`;
}

/** `file:///tmp/a%20b.txt` → `/tmp/a b.txt`; another scheme keeps its address. A percent sign that encodes nothing stays. */
function pathOf(uri: string): string {
  if (!uri.startsWith('file://')) return uri;
  const path = uri.slice('file://'.length).replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25');
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
