import type { CancellationToken, Connection } from 'vscode-languageserver';
import { readForm } from '../../kubeproxy/form/flowForm.ts';
import { assumeWords } from '../../kubeproxy/answer/assumed.ts';
import { asSent } from '../../kubeproxy/journey/asSent.ts';
import { assumptionsOf } from '../../kubeproxy/journey/assumptionsOf.ts';
import type { Leg } from '../../kubeproxy/journey/journey.ts';
import { legResult } from '../../kubeproxy/journey/legResult.ts';
import { type ConsideredPage, consideredRules, noConsidered } from '../../kubeproxy/narrative/considered.ts';
import { toCommandLine } from '../../kubeproxy/narrative/toCommandLine.ts';
import { toMarkdown } from '../../kubeproxy/narrative/toMarkdown.ts';
import { drawAcross } from '../../kubeproxy/picture/across.ts';
import { pictureOf } from '../../kubeproxy/picture/pictureOf.ts';
import { toMermaid } from '../../kubeproxy/picture/toMermaid.ts';
import { toSvg } from '../../kubeproxy/picture/toSvg.ts';
import { drawUpright } from '../../kubeproxy/picture/upright.ts';
import type { Flow } from '../../kernel/flow.ts';
import { jsonText } from '../../text/json.ts';
import {
  consideredRequest,
  type ConsideredParams,
  type TraceAnswer,
  type TraceParams,
  traceRequest,
} from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { type OtherNodes, traceOpenNodes } from '../journeys.ts';
import { readConsideredParams, readTraceParams } from '../params.ts';
import { rulesNamed } from '../rulesNamed.ts';
import { hasRules, type Subject, urisOf, type Workspace } from '../workspace.ts';

/** Answers the trace panel: what happens to a packet, and which rules did not match on its way. */
export function handleTrace(connection: Connection, workspace: Workspace, others: OtherNodes): void {
  answer(connection, traceRequest, readTraceParams, async (params, token) => {
    const subject = await workspace.subject(params.uri);
    return subject === null ? unavailable(notOpen) : trace(workspace, others, subject, params, token);
  });
  answer(connection, consideredRequest, readConsideredParams, async (params, token) => {
    const subject = await workspace.subject(params.uri);
    return subject === null ? noConsidered : considered(workspace, others, subject, params, token);
  });
}

export const notOpen = 'The rules are not open any more: open them again.';

async function trace(
  workspace: Workspace,
  others: OtherNodes,
  subject: Subject,
  { form, decisions }: TraceParams,
  token: CancellationToken,
): Promise<TraceAnswer> {
  const { analysis, document } = subject;
  if (!hasRules(subject)) return unavailable(noTables);
  const reading = readForm(form, analysis);
  if (reading.kind === 'errors') return { kind: 'invalid', errors: reading.errors };
  const { flow, fromNote, toNote } = reading;
  const question = { flow, decisions };
  const { leg: here, wanted, nodeUris } = await traceOpenNodes(workspace, others, subject, question, token);
  if (here === null) return unavailable(noFamily(flow));
  const leg = asSent(here);
  const { narrative, continuations } = leg;
  const assumed = assumeWords(decisions, assumptionsOf({ narrative, continuations }));
  const command = toCommandLine(form, rulesNamed(document.uri), assumed);
  const picture = pictureOf(leg, fromNote);
  const across = drawAcross(picture);
  return {
    kind: 'answer',
    narrative,
    uris: urisOf(subject),
    fromNote,
    toNote,
    copies: {
      command,
      json: jsonText(legResult(leg)),
      markdown: toMarkdown(narrative, command, continuations),
      mermaid: toMermaid(picture),
      svg: toSvg(across, picture.headline),
    },
    picture: { across, upright: drawUpright(picture) },
    continuations,
    nodeUris,
    wanted,
  };
}

export const noTables = 'There are no rules in this document: open the output of "iptables-save".';

/** The rules of one stretch of a chain that one outcome's packet came by without matching. */
async function considered(
  workspace: Workspace,
  others: OtherNodes,
  subject: Subject,
  { form, decisions, leg: ids = [], ...query }: ConsideredParams,
  token: CancellationToken,
): Promise<ConsideredPage> {
  const reading = readForm(form, subject.analysis);
  if (reading.kind === 'errors') return noConsidered;
  const question = { flow: reading.flow, decisions };
  const { leg: first } = await traceOpenNodes(workspace, others, subject, question, token);
  const leg = ids.reduce<Leg | null>((before, id) => before?.next.get(id) ?? null, first);
  return leg === null ? noConsidered : consideredRules(leg, query);
}

function unavailable(message: string): TraceAnswer {
  return { kind: 'unavailable', message };
}

export function noFamily({ family }: Flow): string {
  const file = family === 6 ? 'ip6tables-save.txt' : 'iptables-save.txt';
  return `There are no IPv${family} rules here: put the output of "${file.replace('.txt', '')}" beside this file as ${file}.`;
}
