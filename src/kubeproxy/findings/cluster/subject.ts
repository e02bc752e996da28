/** One Service port in one family of rules: what each finding looks at. */
import type { ServiceEndpoint } from '../../services/endpoint.ts';
import type { Frontend } from '../../services/frontend.ts';
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { Service, ServicePortSpec } from '../../../kubernetes/objects.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { FindingPlace } from '../finding.ts';
import type { ExpectedEndpoints } from './expectedEndpoints.ts';
import type { ExpectedFrontend } from './expectedFrontends.ts';
import type { ListedEndpoint } from './listedEndpoints.ts';

export interface AuditSubject {
  readonly port: ServicePort;
  readonly family: Family;
  /** What the rules have. */
  readonly ruled: {
    readonly frontends: readonly Frontend[];
    /** Those that a chain in use balances over, by the policy of the chain. */
    readonly cluster: readonly ServiceEndpoint[];
    readonly local: readonly ServiceEndpoint[];
    /** Whether something of an endpoint chain could not be read. */
    readonly unclear: boolean;
    /** Whether these rules hold node ports at all: some releases make none where `--nodeport-addresses` fits no address. */
    readonly nodePorts: boolean;
  };
  /** What the objects ask for; null where they have no such Service port. */
  readonly wanted: Wanted | null;
  readonly coverage: Coverage;
  /** `the rules`, `the rules of 10:31:02 UTC`. */
  readonly rulesWords: string;
  /** The addresses of the node at which any Service has a virtual server for its node port, in IPVS mode. */
  readonly nodePortAddresses: () => ReadonlySet<string>;
  /** Where a rule that lacks would be; null where the rules have no such chain. */
  readonly lacking: () => FindingPlace | null;
}

export interface Wanted {
  readonly service: Service;
  readonly spec: ServicePortSpec;
  readonly frontends: readonly ExpectedFrontend[];
  /** Null where they are not all known. */
  readonly endpoints: WantedEndpoints | null;
}

interface WantedEndpoints {
  readonly listed: readonly ListedEndpoint[];
  readonly expected: ExpectedEndpoints;
}
