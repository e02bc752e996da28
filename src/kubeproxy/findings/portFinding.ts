import type { Family } from '../../kernel/flow.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import type { Frontend } from '../services/frontend.ts';
import type { ExpectedFrontend } from './cluster/expectedFrontends.ts';
import type { Finding } from './finding.ts';
import { type ClusterCode, findingTable, type RulesCode } from './table.ts';

/** What is found of one Service port in the rules of one family, with what rows of the tree need beside it. */
export interface PortFinding extends Finding {
  readonly code: RulesCode | ClusterCode;
  readonly family: Family;
  /** A few words for a row that tells the state already: `not in the rules`. */
  readonly reason: string;
  /** Of the findings about an endpoint. */
  readonly endpoint: ServiceEndpoint | null;
  /** Of `frontend-extra`. */
  readonly frontend: Frontend | null;
  /** What the rules lack, of `frontend-missing` and `service-without-rules`. */
  readonly missing: readonly ExpectedFrontend[];
}

type Given = 'code' | 'family' | 'reason' | 'message' | 'at';

/** A finding of `port`; what is not given is the table's, or nothing. */
export function portFinding(
  port: ServicePort,
  parts: Pick<PortFinding, Given> & Partial<PortFinding>,
): PortFinding {
  const { namespace, service } = port;
  const isNamed = namespace !== null && service !== null;
  return {
    severity: findingTable[parts.code].severity,
    about: isNamed ? { resource: 'services', namespace, name: service } : null,
    service: isNamed ? port.name : null,
    related: [],
    fixes: [],
    because: [],
    assumes: null,
    endpoint: null,
    frontend: null,
    missing: [],
    ...parts,
  };
}
