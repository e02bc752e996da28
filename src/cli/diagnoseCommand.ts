/** `diagnose RULES --service ns/name[:port]`: why a Service does not answer. */
import { diagnosing } from '../kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis } from '../kubeproxy/diagnose/diagnosis.ts';
import { wrongSource } from '../kubeproxy/diagnose/source.ts';
import { subjectNamed } from '../kubeproxy/diagnose/subject.ts';
import { tellDiagnosis } from '../kubeproxy/diagnose/told.ts';
import { diagnosisMarkdown } from '../language/diagnosisMarkdown.ts';
import { jsonText } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import { defineCommand, type ExitCode, misuse, type Misuse, refuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { diagnoseSpec } from './commands.ts';
import { diagnosisJson } from '../agents/json/diagnosisJson.ts';
import { diagnosisText } from './diagnosisText.ts';
import { diagnoseEveryNode, type EveryDiagnosisGiven } from './everyNode/diagnoseEveryNode.ts';
import { choiceOf, liveNodeGiven, rulesGiven, type RulesGiven, valueOf } from './given.ts';
import { filesOf } from './fileOf.ts';
import type { Rules } from './readRules.ts';
import { plain } from './terminal.ts';
import { tellUnread, useRules } from './useRules.ts';

interface DiagnoseGiven {
  /** Null: of one node, or of files. */
  readonly everyNode: EveryDiagnosisGiven | null;
  readonly rules: RulesGiven;
  readonly service: string;
  /** One source instead of every vantage; null for all. */
  readonly from: string | null;
  readonly format: 'text' | 'json' | 'markdown';
}

export const diagnoseCommand = defineCommand({
  spec: diagnoseSpec,
  read: readWords,
  run: (given, terminal) =>
    given.everyNode === null
      ? useRules(given.rules, terminal, (rules) => diagnose(given, rules, terminal))
      : diagnoseEveryNode(given.everyNode, terminal),
});

function readWords(words: Words): DiagnoseGiven | Misuse {
  const service = valueOf(words, 'service');
  if (service === null) return misuse('diagnose needs --service NAME: default/web, default/web:http, web.');
  const from = valueOf(words, 'from');
  const format = choiceOf(words, 'format', ['text', 'json', 'markdown']);
  const isEvery = words.switches.has('all-nodes');
  if (isEvery && format === 'markdown') return misuse('--all-nodes prints text or json.');
  const everyNode = isEvery ? { node: liveNodeGiven(words), service, from, isJson: format === 'json' } : null;
  return { everyNode, rules: rulesGiven(words), service, from, format };
}

const exitCodes: Readonly<Record<Diagnosis['verdict'], ExitCode>> = { works: 0, fails: 1, unknown: 2 };

function diagnose({ service, from, format }: DiagnoseGiven, rules: Rules, terminal: Terminal): ExitCode {
  tellUnread(rules, terminal);
  const reading = subjectNamed(service, rules.analysis);
  if (reading.kind === 'wrong') return refuse(terminal, plain(reading.message));
  const wrong = from === null ? null : wrongSource(from, reading.subject);
  if (wrong !== null) return refuse(terminal, `--from: ${plain(wrong)}`);
  const diagnosis = finish(diagnosing(reading.subject, from));
  const { output, style } = terminal;
  if (format === 'json') output.line(jsonText(diagnosisJson(diagnosis, filesOf(rules))));
  else {
    const told = tellDiagnosis(diagnosis, () => null);
    output.write(format === 'markdown' ? diagnosisMarkdown(told) : diagnosisText(told, style));
  }
  return exitCodes[diagnosis.verdict];
}
