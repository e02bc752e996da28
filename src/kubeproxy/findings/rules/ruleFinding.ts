import type { Finding } from '../finding.ts';
import { type ClusterCode, findingTable, type RulesCode } from '../table.ts';

/** A finding of the node; what is not given is the table's, or nothing. */
export function ruleFinding(
  parts: Pick<Finding, 'message' | 'at'> & Partial<Finding> & { readonly code: RulesCode | ClusterCode },
): Finding {
  return {
    severity: findingTable[parts.code].severity,
    about: null,
    service: null,
    related: [],
    fixes: [],
    because: [],
    assumes: null,
    ...parts,
  };
}
