/** The Services that may be asked about. */
import type { Analysis } from '../analysis.ts';
import type { FindingsByService } from '../findings/byService.ts';
import type { CatalogService } from '../services/catalog.ts';
import { problemOfService } from '../tree/serviceProblems.ts';
import { serviceWords } from '../tree/serviceRows.ts';

export interface Candidate {
  /** `default/web` */
  readonly name: string;
  /** `NodePort · 3 endpoints` */
  readonly description: string;
  /** Something is wrong with it at first sight. */
  readonly hasProblem: boolean;
}

/** More are not looked through for problems. */
const MOST_LOOKED_AT = 2_000;

/** Those whose names fit, at most `limit` (`found`: what is known beside what each is told of by itself): first the ones with a problem, each in the order of names. */
export function servicesToDiagnose(
  { catalog, audit }: Analysis,
  fits: (name: string) => boolean,
  limit: number,
  found: FindingsByService,
): readonly Candidate[] {
  const fitting = catalog.services.filter(({ id }) => fits(id)).slice(0, MOST_LOOKED_AT);
  const told = fitting.map((service) => candidateOf(service, audit, found));
  return [
    ...told.filter(({ hasProblem }) => hasProblem),
    ...told.filter(({ hasProblem }) => !hasProblem),
  ].slice(0, limit);
}

function candidateOf(service: CatalogService, audit: Analysis['audit'], found: FindingsByService): Candidate {
  const problem = problemOfService(service, audit, found);
  return { name: service.id, description: serviceWords(service, problem), hasProblem: problem !== null };
}
