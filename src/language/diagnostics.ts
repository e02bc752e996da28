import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { checkInSteps, checkRuleset } from './rules/check.ts';
import type { Problem, Severity } from './rules/problem.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** Diagnostics as an editor takes them, the gravest first if there are too many; `omitted` counts the others. */
export interface DiagnosticsPage {
  readonly items: Diagnostic[];
  readonly omitted: number;
}

/** The `source` that an editor shows behind a message. */
const SOURCE = 'kube-proxy';

/** More than this helps nobody, and an editor grows slow. */
export const DIAGNOSTICS_LIMIT = 1_000;

export function diagnosticsOf(document: RulesDocument): DiagnosticsPage {
  return pageOf(document, problemsOf(document));
}

/** As `diagnosticsOf`, with pauses (yields) in between. */
export function* diagnosticsInSteps(document: RulesDocument): Generator<void, DiagnosticsPage> {
  const known = document.kept.known(checked);
  const problems = known ?? document.kept.put(checked, yield* checkInSteps(document.ruleset));
  return pageOf(document, problems);
}

function pageOf(document: RulesDocument, problems: readonly Problem[]): DiagnosticsPage {
  const shown = problems.length <= DIAGNOSTICS_LIMIT ? problems : gravest(problems);
  return {
    items: shown.map((problem) => diagnosticOf(document, problem)),
    omitted: problems.length - shown.length,
  };
}

/** What the checks find in this version of the document; worked out once. */
export function problemsOf(document: RulesDocument): readonly Problem[] {
  return document.kept.of(checked);
}

function checked({ ruleset }: RulesDocument): readonly Problem[] {
  return checkRuleset(ruleset);
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

export function diagnosticOf(document: RulesDocument, problem: Problem): Diagnostic {
  return {
    code: problem.code,
    source: SOURCE,
    severity: severities[problem.severity],
    message: problem.message,
    range: document.rangeOf(problem.span),
    ...(problem.related.length === 0
      ? {}
      : {
          relatedInformation: problem.related.map(({ span, message }) => ({
            location: { uri: document.uri, range: document.rangeOf(span) },
            message,
          })),
        }),
  };
}

function gravest(problems: readonly Problem[]): readonly Problem[] {
  return problems
    .toSorted((a, b) => severities[a.severity] - severities[b.severity] || a.span.start - b.span.start)
    .slice(0, DIAGNOSTICS_LIMIT);
}
