import type { Span } from '../../text/span.ts';
import type { Fix, Problem, RelatedPlace, Severity } from './problem.ts';
import { type DetailsOf, type ProblemCode, problemTable } from './problemTable.ts';

interface ReportExtras {
  /** Where it differs from the table's. */
  readonly severity?: Severity;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
}

/** Collects problems, each with the message of its code. */
export class Reporter {
  readonly problems: Problem[] = [];

  report<Code extends ProblemCode>(
    code: Code,
    span: Span,
    details: DetailsOf<Code>,
    extras: ReportExtras = {},
  ): void {
    const kind = problemTable[code];
    this.problems.push({
      code,
      severity: extras.severity ?? kind.severity,
      message: kind.message(details),
      span: { start: span.start, end: span.end },
      related: extras.related ?? [],
      fixes: extras.fixes ?? [],
    });
  }
}
