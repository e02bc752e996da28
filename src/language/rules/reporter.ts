import type { Finding, Fix } from '../../kubeproxy/findings/finding.ts';
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import { findingTable, type IptablesCode, type SyntaxCode } from '../../kubeproxy/findings/table.ts';
import type { SourceSpan } from '../../kubeproxy/sources.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { Span } from '../../text/span.ts';
import { type DetailsOf, messages } from './messages.ts';

/** What is wrong in the text of a source; always at some words of it. */
export interface SyntaxFinding extends Finding {
  readonly code: SyntaxCode;
  readonly at: SourceSpan;
}

/** Other words of the same text. */
export interface RelatedWords {
  readonly span: Span;
  readonly message: string;
}

interface ReportExtras {
  /** Where it differs from the table's. */
  readonly severity?: Severity;
  readonly related?: readonly RelatedWords[];
  readonly fixes?: readonly Fix[];
}

/** Collects what is wrong in the text of `source`, each with the message of its code. */
export class Reporter {
  readonly findings: SyntaxFinding[] = [];
  readonly #source: SourceId;

  constructor(source: SourceId) {
    this.#source = source;
  }

  report<Code extends IptablesCode>(
    code: Code,
    span: Span,
    details: DetailsOf<Code>,
    extras: ReportExtras = {},
  ): void {
    this.findings.push({
      code,
      severity: extras.severity ?? findingTable[code].severity,
      message: messages[code](details),
      at: this.#at(span),
      about: null,
      service: null,
      related: (extras.related ?? []).map((each) => ({ at: this.#at(each.span), message: each.message })),
      fixes: extras.fixes ?? [],
      because: [],
      assumes: null,
    });
  }

  #at({ start, end }: Span): SourceSpan {
    return { source: this.#source, span: { start, end } };
  }
}
