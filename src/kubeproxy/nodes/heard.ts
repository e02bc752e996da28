/** What the rules of a node have not followed yet, in words: how one of several nodes differs from those that have it right. */
import { findingTable } from '../findings/table.ts';
import type { Finding } from '../findings/finding.ts';

/** Of each code that says so: `node-7 has not heard of the new endpoints`. */
const words: Readonly<Partial<Record<Finding['code'], string>>> = {
  'service-without-rules': 'has not heard of the Service',
  'rules-without-service': 'has not heard that the Service is gone',
  'frontend-missing': 'has not heard of an address of it',
  'frontend-extra': 'still takes an address that it has no more',
  'endpoint-missing': 'has not heard of the new endpoints',
  'endpoint-stale': 'still sends to endpoints that are gone',
  'endpoint-extra': 'still sends to endpoints that should get nothing',
};

/** Clauses behind a node's name; none where the rules are as the objects are. */
export function notHeard(findings: readonly Finding[]): readonly string[] {
  const codes = new Set(
    findings.filter(({ code }) => findingTable[code].layer === 'cluster').map(({ code }) => code),
  );
  return [...codes].flatMap((code) => words[code] ?? []);
}
