import type { CancellationToken, Connection } from 'vscode-languageserver';
import { diagnosisJson } from '../../agents/json/diagnosisJson.ts';
import { servicesToDiagnose } from '../../kubeproxy/diagnose/candidates.ts';
import { diagnosing } from '../../kubeproxy/diagnose/diagnose.ts';
import { subjectNamed } from '../../kubeproxy/diagnose/subject.ts';
import { tellDiagnosis } from '../../kubeproxy/diagnose/told.ts';
import { diagnoseCommandLine } from '../../kubeproxy/narrative/toCommandLine.ts';
import { diagnosisMarkdown } from '../../language/diagnosisMarkdown.ts';
import { holding } from '../../language/workspaceSymbols.ts';
import { type DiagnoseAnswer, diagnoseRequest, servicesToDiagnoseRequest } from '../../protocol/diagnosis.ts';
import { jsonText } from '../../text/json.ts';
import { answer } from '../answer.ts';
import { filesOf } from '../fileOf.ts';
import { foundOfServices } from '../findingsIn.ts';
import { answerInTurns } from '../inTurns.ts';
import { readDiagnoseParams, readServicesParams } from '../params.ts';
import { rulesNamed } from '../rulesNamed.ts';
import { hasRules, type Subject, type Workspace } from '../workspace.ts';
import { notOpen, noTables } from './trace.ts';

/** Answers the panel that diagnoses a Service, and the pick before it. */
export function handleDiagnose(connection: Connection, workspace: Workspace): void {
  answer(connection, diagnoseRequest, readDiagnoseParams, async ({ uri, service }, token) => {
    const subject = await workspace.subject(uri);
    if (subject === null) return { kind: 'unavailable', message: notOpen };
    return diagnose(workspace, subject, service, token);
  });
  answer(connection, servicesToDiagnoseRequest, readServicesParams, async ({ uri, query, limit }) => {
    const subject = await workspace.subject(uri);
    return subject === null
      ? []
      : servicesToDiagnose(subject.analysis, holding(query), limit, foundOfServices(subject));
  });
}

async function diagnose(
  workspace: Workspace,
  subject: Subject,
  service: string,
  token: CancellationToken,
): Promise<DiagnoseAnswer> {
  const { analysis, document } = subject;
  if (!hasRules(subject)) return { kind: 'unavailable', message: noTables };
  const reading = subjectNamed(service, analysis);
  if (reading.kind === 'wrong') return { kind: 'unavailable', message: reading.message };
  const diagnosis = await answerInTurns(diagnosing(reading.subject, null), token);
  const told = tellDiagnosis(diagnosis, (at) => workspace.locate(subject, at));
  const command = diagnoseCommandLine(diagnosis.service, rulesNamed(document.uri));
  const json = jsonText(diagnosisJson(diagnosis, filesOf(workspace, subject)));
  return { kind: 'diagnosis', told, copies: { markdown: diagnosisMarkdown(told), command, json } };
}
