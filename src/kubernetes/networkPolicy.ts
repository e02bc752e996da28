/**
 * NetworkPolicies (networking.k8s.io/v1) and the Namespaces that their selectors mean, as plain data. What they mean is in
 * kubeproxy/policies. Every string is input: it may hold anything.
 */
import { isRecord, type JsonRecord } from '../text/json.ts';
import type { JsonReader } from './jsonReader.ts';
import { readProtocol, type ServiceProtocol } from './protocol.ts';

/** One of `matchExpressions[]`. */
export interface LabelExpression {
  readonly key: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`; another one is not known. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** All of it has to fit; an empty one fits everything. */
export interface LabelSelector {
  readonly labels: ReadonlyMap<string, string>;
  readonly expressions: readonly LabelExpression[];
}

/** One of `from[]` or `to[]`. */
export type PolicyPeer =
  /** `namespaces` null: Pods of the policy's own namespace. `pods` null: all of them. */
  | { readonly kind: 'pods'; readonly namespaces: LabelSelector | null; readonly pods: LabelSelector | null }
  | { readonly kind: 'block'; readonly cidr: string; readonly except: readonly string[] };

/** One of `ports[]`. */
export interface PolicyPort {
  readonly protocol: ServiceProtocol;
  /** A number, a container port's name, or null for every port. */
  readonly port: number | string | null;
  /** The last of a range that begins with `port`. */
  readonly endPort: number | null;
}

/** One of `ingress[]` or `egress[]`: allows what comes from (goes to) one of the peers at one of the ports. */
export interface PolicyRule {
  /** None: everybody. */
  readonly peers: readonly PolicyPeer[];
  /** None: every port. */
  readonly ports: readonly PolicyPort[];
}

export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly namespace: string;
  readonly name: string;
  /** Of the Pods of its namespace that it is for. */
  readonly pods: LabelSelector;
  /** What it allows in; null where it says nothing of what comes in. */
  readonly ingress: readonly PolicyRule[] | null;
  readonly egress: readonly PolicyRule[] | null;
}

export interface Namespace {
  readonly kind: 'Namespace';
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Reads one NetworkPolicy; what has the wrong type is reported and counts as left out. Without `policyTypes` it is for
 * ingress, and for egress where it has rules of that (the API server's default).
 */
export function readNetworkPolicy(
  object: JsonRecord,
  { namespace, name }: Pick<NetworkPolicy, 'namespace' | 'name'>,
  reader: JsonReader,
): NetworkPolicy {
  const spec = reader.record(object, 'spec');
  const egress = reader.records(spec, 'egress');
  const given = reader.strings(spec, 'policyTypes');
  const types = given.length > 0 ? given : egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  const rules = (records: readonly JsonRecord[], peers: 'from' | 'to'): readonly PolicyRule[] =>
    records.map((rule) => readRule(rule, peers, reader));
  return {
    kind: 'NetworkPolicy',
    namespace,
    name,
    pods: readSelector(spec, 'podSelector', reader) ?? { labels: new Map(), expressions: [] },
    ingress: types.includes('Ingress') ? rules(reader.records(spec, 'ingress'), 'from') : null,
    egress: types.includes('Egress') ? rules(egress, 'to') : null,
  };
}

function readRule(rule: JsonRecord, peers: 'from' | 'to', reader: JsonReader): PolicyRule {
  return {
    peers: reader.records(rule, peers).map((peer) => readPeer(peer, reader)),
    ports: reader.records(rule, 'ports').flatMap((port): readonly PolicyPort[] => {
      const protocol = readProtocol(port, reader);
      if (protocol === null) return [];
      const named = typeof port['port'] === 'string' ? port['port'] : reader.port(port, 'port');
      return [{ protocol, port: named, endPort: reader.port(port, 'endPort') }];
    }),
  };
}

function readPeer(peer: JsonRecord, reader: JsonReader): PolicyPeer {
  if (isRecord(peer['ipBlock'])) {
    const block = peer['ipBlock'];
    return {
      kind: 'block',
      cidr: reader.text(block, 'cidr') ?? '',
      except: reader.strings(block, 'except'),
    };
  }
  return {
    kind: 'pods',
    namespaces: readSelector(peer, 'namespaceSelector', reader),
    pods: readSelector(peer, 'podSelector', reader),
  };
}

/** Null where the field is left out: that is another thing than an empty selector. */
function readSelector(from: JsonRecord, field: string, reader: JsonReader): LabelSelector | null {
  if (!isRecord(from[field])) return null;
  const selector = reader.record(from, field);
  return {
    labels: reader.stringMap(selector, 'matchLabels') ?? new Map(),
    expressions: reader.records(selector, 'matchExpressions').map((each) => ({
      key: reader.text(each, 'key') ?? '',
      operator: reader.text(each, 'operator') ?? '',
      values: reader.strings(each, 'values'),
    })),
  };
}
