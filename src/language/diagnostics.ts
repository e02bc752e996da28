import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import type { Finding } from '../kubeproxy/findings/finding.ts';
import type { Severity } from '../kubeproxy/findings/kind.ts';
import { pageOf } from '../kubeproxy/findings/table.ts';
import { finish, type Steps } from '../values/steps.ts';
import { checkRuleset } from './rules/check.ts';
import type { SyntaxFinding } from './rules/reporter.ts';
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

/** What is wrong in the text of this version of the document; worked out once. */
export function* syntaxFindings(document: RulesDocument): Steps<readonly SyntaxFinding[]> {
  const known = document.kept.known(checked);
  return known ?? document.kept.put(checked, yield* checkRuleset(document.ruleset, document.source));
}

/** `findings` as an editor shows them in `document`, in whose text all of them stand. */
export function diagnosticsOf(document: RulesDocument, findings: readonly Finding[]): DiagnosticsPage {
  const shown = findings.length <= DIAGNOSTICS_LIMIT ? findings : gravest(findings);
  return {
    items: shown.flatMap((finding) => diagnosticOf(document, finding) ?? []),
    omitted: findings.length - shown.length,
  };
}

function checked({ ruleset, source }: RulesDocument): readonly SyntaxFinding[] {
  return finish(checkRuleset(ruleset, source));
}

/** All that is wrong in the text of this version of the document, at once. */
export function findingsOf(document: RulesDocument): readonly SyntaxFinding[] {
  return document.kept.of(checked);
}

/** The findings of the document's text that touch the offsets from `start` to `end` and have a cure to apply. */
export function curableFindings(
  document: RulesDocument,
  start: number,
  end: number,
): readonly SyntaxFinding[] {
  return findingsOf(document).filter(
    ({ at: { span }, fixes }) => fixes.length > 0 && span.start <= end && span.end >= start,
  );
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** Null for a finding without a place. */
export function diagnosticOf(document: RulesDocument, finding: Finding): Diagnostic | null {
  const { code, severity, message, at } = finding;
  if (at === null) return null;
  const related = finding.related.filter((each) => each.at.source === at.source);
  return {
    code,
    codeDescription: { href: pageOf(code) },
    source: SOURCE,
    severity: severities[severity],
    message,
    range: document.rangeOf(at.span),
    ...(related.length === 0
      ? {}
      : {
          relatedInformation: related.map((each) => ({
            location: { uri: document.uri, range: document.rangeOf(each.at.span) },
            message: each.message,
          })),
        }),
  };
}

function gravest(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .toSorted(
      (a, b) =>
        severities[a.severity] - severities[b.severity] || (a.at?.span.start ?? 0) - (b.at?.span.start ?? 0),
    )
    .slice(0, DIAGNOSTICS_LIMIT);
}
