import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { type Finding, wordsOfFinding } from '../kubeproxy/findings/finding.ts';
import { pageOf } from '../kubeproxy/findings/table.ts';
import { finish, type Steps } from '../values/steps.ts';
import { levelOf, type ProblemLevel, type ProblemLevels } from './problemLevels.ts';
import { checkRuleset } from './rules/check.ts';
import type { SyntaxFinding } from './rules/reporter.ts';
import type { RulesDocument } from './rulesDocument.ts';
import type { DiagnosticData } from './serviceActions.ts';

/** Diagnostics as an editor takes them, the gravest first if there are too many; `omitted` counts the others. */
export interface DiagnosticsPage {
  readonly items: Diagnostic[];
  readonly omitted: number;
}

/** The `source` that an editor shows behind a message. */
const SOURCE = 'kube-proxy';

/** More than this helps nobody, and an editor grows slow. */
export const DIAGNOSTICS_LIMIT = 1_000;

/** What is wrong in the text of this version of the document; worked out once. */
export function* syntaxFindings(document: RulesDocument): Steps<readonly SyntaxFinding[]> {
  const known = document.kept.known(checked);
  return known ?? document.kept.put(checked, yield* checkRuleset(document.ruleset, document.source));
}

/** `findings` as an editor shows them in `document`, in whose text all of them stand; by `levels` some otherwise or not at all. */
export function diagnosticsOf(
  document: RulesDocument,
  findings: readonly Finding[],
  levels: ProblemLevels,
): DiagnosticsPage {
  const wanted = wantedOf(findings, levels);
  const shown = gravestFindings(wanted, levels);
  return {
    items: shown.flatMap((finding) => diagnosticOf(document, finding, levels) ?? []),
    omitted: wanted.length - shown.length,
  };
}

/** As many of them as an editor shows. */
export function gravestFindings(findings: readonly Finding[], levels: ProblemLevels): readonly Finding[] {
  const wanted = wantedOf(findings, levels);
  return wanted.length <= DIAGNOSTICS_LIMIT ? wanted : gravest(wanted, levels);
}

function wantedOf(findings: readonly Finding[], levels: ProblemLevels): readonly Finding[] {
  return levels.size === 0 ? findings : findings.filter((each) => levelOf(each, levels) !== 'off');
}

function checked({ ruleset, source }: RulesDocument): readonly SyntaxFinding[] {
  return finish(checkRuleset(ruleset, source));
}

/** All that is wrong in the text of this version of the document, at once. */
export function findingsOf(document: RulesDocument): readonly SyntaxFinding[] {
  return document.kept.of(checked);
}

const severities: Readonly<Record<ProblemLevel, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
  off: DiagnosticSeverity.Hint,
};

const AS_FOUND: ProblemLevels = new Map();

/** Null for a finding without a place. */
export function diagnosticOf(
  document: RulesDocument,
  finding: Finding,
  levels: ProblemLevels = AS_FOUND,
): Diagnostic | null {
  const { code, at, service } = finding;
  if (at === null) return null;
  const related = finding.related.filter((each) => each.at.source === at.source);
  return {
    code,
    codeDescription: { href: pageOf(code) },
    source: SOURCE,
    severity: severities[levelOf(finding, levels)],
    message: wordsOfFinding(finding),
    range: document.rangeOf(at.span),
    ...(service === null ? {} : { data: { service } satisfies DiagnosticData }),
    ...(related.length === 0
      ? {}
      : {
          relatedInformation: related.map((each) => ({
            location: document.locationOf(each.at.span),
            message: each.message,
          })),
        }),
  };
}

function gravest(findings: readonly Finding[], levels: ProblemLevels): readonly Finding[] {
  return findings
    .toSorted(
      (a, b) =>
        severities[levelOf(a, levels)] - severities[levelOf(b, levels)] ||
        (a.at?.span.start ?? 0) - (b.at?.span.start ?? 0),
    )
    .slice(0, DIAGNOSTICS_LIMIT);
}
