/** `diagnose RULES --service ns/name[:port]`: why a Service does not answer. */
import { diagnosing } from '../kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis } from '../kubeproxy/diagnose/diagnosis.ts';
import { subjectNamed } from '../kubeproxy/diagnose/subject.ts';
import { tellDiagnosis } from '../kubeproxy/diagnose/told.ts';
import { diagnosisMarkdown } from '../language/diagnosisMarkdown.ts';
import { jsonText } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import { defineCommand, type ExitCode, misuse, type Misuse, refuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { diagnoseSpec } from './commands.ts';
import { diagnosisJson } from './diagnosisJson.ts';
import { diagnosisText } from './diagnosisText.ts';
import { choiceOf, rulesGiven, type RulesGiven, valueOf } from './given.ts';
import type { Rules } from './readRules.ts';
import { plain } from './terminal.ts';
import { tellUnread, useRules } from './useRules.ts';

interface DiagnoseGiven {
  readonly rules: RulesGiven;
  readonly service: string;
  /** One source instead of every vantage; null for all. */
  readonly from: string | null;
  readonly format: 'text' | 'json' | 'markdown';
}

export const diagnoseCommand = defineCommand({
  spec: diagnoseSpec,
  read: readWords,
  run: (given, terminal) => useRules(given.rules, terminal, (rules) => diagnose(given, rules, terminal)),
});

function readWords(words: Words): DiagnoseGiven | Misuse {
  const service = valueOf(words, 'service');
  if (service === null) return misuse('diagnose needs --service NAME: default/web, default/web:http, web.');
  return {
    rules: rulesGiven(words),
    service,
    from: valueOf(words, 'from'),
    format: choiceOf(words, 'format', ['text', 'json', 'markdown']),
  };
}

const exitCodes: Readonly<Record<Diagnosis['verdict'], ExitCode>> = { works: 0, fails: 1, unknown: 2 };

function diagnose({ service, from, format }: DiagnoseGiven, rules: Rules, terminal: Terminal): ExitCode {
  tellUnread(rules, terminal);
  const reading = subjectNamed(service, rules.analysis);
  if (reading.kind === 'wrong') return refuse(terminal, plain(reading.message));
  const diagnosis = finish(diagnosing(reading.subject, from));
  const { output, style } = terminal;
  if (format === 'json') output.line(jsonText(diagnosisJson(diagnosis, rules)));
  else {
    const told = tellDiagnosis(diagnosis, () => null);
    output.write(format === 'markdown' ? diagnosisMarkdown(told) : diagnosisText(told, style));
  }
  return exitCodes[diagnosis.verdict];
}
