/**
 * Which endpoints kube-proxy balances a Service port over, on one node: CategorizeEndpoints of pkg/proxy/topology.go
 * (1.24 to 1.36), before that the proxier itself with FilterEndpoints (1.23.4). What depends on a release, a feature
 * gate or a fact that is not known is worked out for every case: an endpoint that is in all of them must be in the rules,
 * one that is in none of them must not.
 */
import type { Service } from '../../../kubernetes/objects.ts';
import type { ListedEndpoint } from './listedEndpoints.ts';
import { append } from '../../../text/lists.ts';

/** What is known of the node and its kube-proxy; null = not known. */
export interface NodeFacts {
  readonly name: string | null;
  /** The label topology.kubernetes.io/zone, empty without it; null where the Node object is not known. */
  readonly zone: string | null;
  readonly sinceMinor: number | null;
  readonly untilMinor: number | null;
}

/** By the key of an endpoint (`10.244.1.5:8080`). */
interface Bounds {
  readonly must: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
}

/** `cluster`: what KUBE-SVC balances over; `local`: KUBE-SVL, before 1.24 KUBE-XLB. */
export interface ExpectedEndpoints {
  readonly cluster: Bounds;
  readonly local: Bounds;
}

/** How a Service port is reached in one family. */
export interface Exposure {
  /** By node port, external IP or load-balancer IP; null where it hangs on the release. */
  readonly outside: boolean | null;
}

export function expectedEndpoints(
  service: Service,
  exposure: Exposure,
  endpoints: readonly ListedEndpoint[],
  node: NodeFacts,
): ExpectedEndpoints {
  const cases = [...casesOf(service, exposure, endpoints, node)];
  return {
    cluster: boundsOf(cases.map((each) => each.cluster)),
    local: boundsOf(cases.map((each) => each.local)),
  };
}

function boundsOf(cases: readonly (readonly ListedEndpoint[])[]): Bounds {
  const sets = cases.map((each) => new Set(each.map((endpoint) => endpoint.key)));
  const [first = new Set<string>(), ...others] = sets;
  return {
    must: new Set([...first].filter((key) => others.every((set) => set.has(key)))),
    may: new Set(sets.flatMap((set) => [...set])),
  };
}

interface Case {
  readonly cluster: readonly ListedEndpoint[];
  readonly local: readonly ListedEndpoint[];
}

/** The first release that balances by CategorizeEndpoints, with KUBE-SVL and KUBE-EXT. */
const CATEGORIZES = 24;
/** ProxyTerminatingEndpoints: off before 1.26, a gate until it was fixed in 1.28. */
const TERMINATING_ALWAYS = 28;
/** The gate came, off, in 1.22. */
const TERMINATING_EVER = 22;
/** Hints for zones: since 1.21; hints for nodes: since 1.33. */
const ZONE_HINTS = 21;
const NODE_HINTS = 33;

function* casesOf(
  service: Service,
  exposure: Exposure,
  endpoints: readonly ListedEndpoint[],
  node: NodeFacts,
): Generator<Case> {
  const mayBe = (minor: number): boolean => node.untilMinor === null || node.untilMinor >= minor;
  const mayBeBefore = (minor: number): boolean => node.sinceMinor === null || node.sinceMinor < minor;
  for (const isLocal of localities(node)) {
    for (const pass of hintPasses(endpoints, node, mayBe)) {
      for (const outside of exposure.outside === null ? [true, false] : [exposure.outside]) {
        const given = { service, outside, endpoints, isLocal, pass };
        if (mayBe(CATEGORIZES) && mayBe(TERMINATING_EVER)) yield categorized(given, true);
        if (mayBe(CATEGORIZES) && mayBeBefore(TERMINATING_ALWAYS)) yield categorized(given, false);
        if (mayBeBefore(CATEGORIZES)) yield* beforeCategories(given, mayBe(TERMINATING_EVER));
      }
    }
  }
}

type Test = (endpoint: ListedEndpoint) => boolean;

/** Whether an endpoint is on this node. Where the name is not known: none is, all are, or those that are not ready. */
function localities({ name }: NodeFacts): readonly Test[] {
  if (name !== null) return [(endpoint) => endpoint.nodeName === name];
  return [() => false, () => true, (endpoint) => !endpoint.ready];
}

/** Which endpoints topology hints leave: all, those for this zone, those for this node (topologyModeFromHints). */
function hintPasses(
  endpoints: readonly ListedEndpoint[],
  node: NodeFacts,
  mayBe: (minor: number) => boolean,
): readonly Test[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const passes: Test[] = [() => true];
  if (mayBe(ZONE_HINTS))
    append(
      passes,
      hinted(ready, node.zone, (endpoint) => endpoint.hintZones),
    );
  if (mayBe(NODE_HINTS))
    append(
      passes,
      hinted(ready, node.name, (endpoint) => endpoint.hintNodes),
    );
  return passes;
}

function hinted(
  ready: readonly ListedEndpoint[],
  own: string | null,
  hintsOf: (endpoint: ListedEndpoint) => readonly string[],
): readonly Test[] {
  if (ready.some((endpoint) => hintsOf(endpoint).length === 0)) return [];
  const names = own === null ? new Set(ready.flatMap(hintsOf)) : [own];
  return [...names]
    .filter((name) => ready.some((endpoint) => hintsOf(endpoint).includes(name)))
    .map((name) => (endpoint) => hintsOf(endpoint).includes(name));
}

interface Given {
  readonly service: Service;
  readonly outside: boolean;
  readonly endpoints: readonly ListedEndpoint[];
  readonly isLocal: Test;
  readonly pass: Test;
}

const leaving: Test = (endpoint) => endpoint.serving && endpoint.terminating;

/** Since 1.24. `terminating`: endpoints that serve while they terminate stand in where none is ready. */
function categorized({ service, outside, endpoints, isLocal, pass }: Given, terminating: boolean): Case {
  const internalLocal = service.internalTrafficPolicy === 'Local';
  const externalLocal = service.externalTrafficPolicy === 'Local' && outside;
  const usable = (among: readonly ListedEndpoint[], isUsed: Test): readonly ListedEndpoint[] => {
    const ready = among.filter((endpoint) => endpoint.ready && isUsed(endpoint));
    return ready.length > 0 || !terminating ? ready : among.filter(leaving);
  };
  const usesLocal = internalLocal || externalLocal;
  return {
    cluster: !internalLocal || outside ? usable(endpoints, pass) : [],
    local: usesLocal ? usable(endpoints.filter(isLocal), () => true) : [],
  };
}

/** Until 1.23: a policy takes effect for the whole Service; KUBE-XLB stands beside KUBE-SVC. */
function* beforeCategories(
  { service, outside, endpoints, isLocal, pass }: Given,
  terminating: boolean,
): Generator<Case> {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const external = service.externalTrafficPolicy === 'Local' && outside;
  const here = ready.filter(isLocal);
  if (external) {
    yield { cluster: ready, local: here };
    if (terminating && here.length === 0) {
      yield { cluster: ready, local: endpoints.filter((endpoint) => isLocal(endpoint) && leaving(endpoint)) };
    }
    return;
  }
  const passing = ready.filter(pass);
  // The internal policy is behind a gate until 1.21, and fixed with 1.26 only.
  yield { cluster: passing, local: [] };
  if (service.internalTrafficPolicy === 'Local') yield { cluster: here, local: [] };
}
