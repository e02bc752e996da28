/** Compares a node's rules with the cluster's objects, Service port by Service port, when one is looked at. */
import type { Coverage } from '../../../kubernetes/coverage.ts';
import { sameValue } from '../../../kubernetes/sameValue.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Catalog, CatalogService, ServicePort } from '../../services/catalog.ts';
import type { NodeMode } from '../../mode/mode.ts';
import { chainNamed, families, type Rulesets } from '../../rulesets.ts';
import { partOf } from '../../../rules/iptables/parts/part.ts';
import { endpointExtra } from './endpointExtra.ts';
import { endpointMissing } from './endpointMissing.ts';
import { endpointStale } from './endpointStale.ts';
import { expectedEndpoints, type NodeFacts } from './expectedEndpoints.ts';
import { expectedFrontends, isLeftToOthers, isOutside } from './expectedFrontends.ts';
import type { Sources } from '../../sources.ts';
import { placeOfChains } from '../../modes/iptables/placeOfChains.ts';
import { hasMaps, placeOfPort } from '../../modes/nftables/placeOfPort.ts';
import type { PortFinding } from '../portFinding.ts';
import { isEmptied } from '../rules/tableEmptied.ts';
import { frontendExtra } from './frontendExtra.ts';
import { frontendMissing } from './frontendMissing.ts';
import { listedEndpoints } from './listedEndpoints.ts';
import { rulesWithoutService } from './rulesWithoutService.ts';
import { nodePortAddresses, nodePortsMissing, serversMissing } from './virtualServerGaps.ts';
import { serviceWithoutRules } from './serviceWithoutRules.ts';
import type { AuditSubject, Wanted } from './subject.ts';
import { rulesWords } from './words.ts';

export interface Audit {
  /** Where the rules and the objects, or the node's known connections, disagree on a port of the catalog; worked out once. */
  ofPort(port: ServicePort): readonly PortFinding[];
  ofService(service: CatalogService): readonly PortFinding[];
  /** Whether all that decides over a port's endpoints is known: one without a finding is then as it should be. */
  comparesEndpoints(port: ServicePort, family: Family): boolean;
}

/** What an audit looks at. */
export interface AuditInput {
  readonly sources: Sources;
  readonly rulesets: Rulesets;
  readonly mode: NodeMode;
  readonly catalog: Catalog;
  readonly coverage: Coverage;
  readonly node: NodeFacts;
  /** When the rules were read, milliseconds since the epoch; null where not known. */
  readonly taken: number | null;
}

/**
 * Findings only of families in which kube-proxy keeps its Services in rules that are known, and all of its tables were given. What `before`
 * found is taken over for ports that its catalog and this one share, where nothing else is different.
 */
export function createAudit(input: AuditInput, before: Audit | null = null): Audit {
  return new PortAudit(input, before instanceof PortAudit ? before : null);
}

/** What nobody compares: without objects there is nothing to compare with. */
export const NO_AUDIT: Audit = {
  ofPort: () => [],
  ofService: () => [],
  comparesEndpoints: () => false,
};

const checks: readonly ((subject: AuditSubject) => readonly PortFinding[])[] = [
  serviceWithoutRules,
  rulesWithoutService,
  frontendMissing,
  frontendExtra,
  nodePortsMissing,
  endpointMissing,
  serversMissing,
  endpointStale,
  endpointExtra,
];

class PortAudit implements Audit {
  readonly #input: AuditInput;
  readonly #families: readonly Family[];
  readonly #known: WeakMap<ServicePort, readonly PortFinding[]>;
  readonly #nodePorts = new Map<Family, ReadonlySet<string>>();

  constructor(input: AuditInput, before: PortAudit | null) {
    this.#input = input;
    this.#known = before !== null && isAlike(before.#input, input) ? before.#known : new WeakMap();
    this.#families = families.filter((family) => isWhole(input, family));
  }

  ofPort(port: ServicePort): readonly PortFinding[] {
    let found = this.#known.get(port);
    if (found === undefined) {
      found = this.#look(port);
      this.#known.set(port, found);
    }
    return found;
  }

  ofService(service: CatalogService): readonly PortFinding[] {
    return service.ports.flatMap((port) => this.ofPort(port));
  }

  comparesEndpoints(port: ServicePort, family: Family): boolean {
    return this.#families.includes(family) && (this.#wanted(port, family)?.endpoints ?? null) !== null;
  }

  #look(port: ServicePort): readonly PortFinding[] {
    if (port.object !== null && (isLeftToOthers(port.object) || port.object.table !== undefined)) return [];
    return this.#families.flatMap((family) => {
      const subject = this.#subject(port, family);
      return checks.flatMap((check) => check(subject));
    });
  }

  #subject(port: ServicePort, family: Family): AuditSubject {
    const { sources, rulesets, coverage, taken, node } = this.#input;
    const reached = port.evidence?.reached(family);
    const endpoints = port.endpoints.filter((endpoint) => endpoint.family === family);
    const cluster =
      reached?.cluster === true ? endpoints.filter((endpoint) => endpoint.balanced.cluster) : [];
    const local = reached?.local === true ? endpoints.filter((endpoint) => endpoint.balanced.local) : [];
    const nodePorts = chainNamed(rulesets[family], 'nat', 'KUBE-NODEPORTS')?.rules ?? [];
    return {
      port,
      family,
      ruled: {
        frontends: port.frontends.filter((frontend) => frontend.family === family),
        cluster,
        local,
        unclear: [...cluster, ...local].some((each) => each.address === '' || each.port === null),
        nodePorts:
          nodePorts.length > 0 ||
          isNative(this.#input, family) ||
          isVirtual(this.#input, family) ||
          (node.sinceMinor ?? 0) >= ALWAYS_NODE_PORTS,
      },
      wanted: this.#wanted(port, family),
      coverage,
      rulesWords: rulesWords(taken),
      nodePortAddresses: () => this.#nodePortAddresses(family),
      lacking: () =>
        isVirtual(this.#input, family)
          ? (port.frontends.find((frontend) => frontend.family === family)?.at ?? null)
          : isNative(this.#input, family)
            ? placeOfPort(port, family, sources)
            : placeOfChains(port, family, sources),
    };
  }

  #nodePortAddresses(family: Family): ReadonlySet<string> {
    const known =
      this.#nodePorts.get(family) ??
      new Set(this.#input.catalog.ports.flatMap((port) => [...nodePortAddresses(port, family)]));
    this.#nodePorts.set(family, known);
    return known;
  }

  #wanted(port: ServicePort, family: Family): Wanted | null {
    const { object: service, spec } = port;
    if (service === null || spec === null) return null;
    const { coverage, node } = this.#input;
    const frontends = expectedFrontends(service, spec, family);
    // With a policy of Local, IPVS mode falls back to endpoints of other nodes where none is here.
    const isFallback =
      isVirtual(this.#input, family) &&
      (service.internalTrafficPolicy === 'Local' || service.externalTrafficPolicy === 'Local');
    const isKnown =
      !isFallback &&
      frontends.length > 0 &&
      service.table === undefined &&
      coverage.covers('endpointslices', service.namespace);
    const listed = isKnown ? listedEndpoints(port.listed ?? [], family) : null;
    if (listed === null) return { service, spec, frontends, endpoints: null };
    const expected = expectedEndpoints(service, { outside: isOutside(frontends) }, listed, node);
    return { service, spec, frontends, endpoints: { listed, expected } };
  }
}

/** Whether the same port would be found the same. */
function isAlike(a: AuditInput, b: AuditInput): boolean {
  return (
    a.rulesets === b.rulesets && a.coverage === b.coverage && a.taken === b.taken && sameValue(a.node, b.node)
  );
}

/** Before it (by 1.31 at the latest) kube-proxy makes no node ports where `--nodeport-addresses` fits no address. */
const ALWAYS_NODE_PORTS = 31;

/** Whether kube-proxy works in nftables mode; node ports are then taken at addresses of the node, or nowhere (`nodeport-ips`). */
function isNative({ mode }: AuditInput, family: Family): boolean {
  return mode[family].inRules && mode[family].mode === 'nftables';
}

/** Whether kube-proxy works in IPVS mode, and its virtual servers are known. */
function isVirtual({ mode }: AuditInput, family: Family): boolean {
  const { inRules, mode: own, elsewhere } = mode[family];
  return inRules && own === 'ipvs' && elsewhere === null;
}

/** Part of the tables, or another mode's, tells nothing of what is missing; where one was flushed, one finding tells of all. */
function isWhole(input: AuditInput, family: Family): boolean {
  if (isNative(input, family)) return hasMaps(input.sources, family);
  if (isVirtual(input, family)) return true;
  const { rulesets, mode } = input;
  const ruleset = rulesets[family];
  return (
    mode[family].inRules &&
    mode[family].mode === 'iptables' &&
    ruleset !== null &&
    partOf(ruleset) === null &&
    chainNamed(ruleset, 'filter', 'KUBE-SERVICES') !== null &&
    !isEmptied(ruleset, 'nat')
  );
}
