import { frontendKindWords, frontendPlace } from '../../words/frontendWords.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import { isAt } from './frontendMissing.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized } from './words.ts';

/** Addresses and ports at which the rules take traffic for a Service port that does not have them. */
export function frontendExtra({
  wanted,
  ruled,
  port,
  family,
  rulesWords,
}: AuditSubject): readonly PortFinding[] {
  if (wanted === null) return [];
  return ruled.frontends
    .filter((found) => !wanted.frontends.some((each) => isAt(each, found.address, found.port)))
    .map((frontend) =>
      portFinding(port, {
        code: 'frontend-extra',
        family,
        frontend,
        at: frontend.at,
        reason: `the Service has no such ${frontendKindWords(frontend.kind)}`,
        message: `${capitalized(rulesWords)} take traffic at ${frontendPlace(frontend)} for ${port.name}, whose Service has no such ${frontendKindWords(frontend.kind)} now.`,
      }),
    );
}
