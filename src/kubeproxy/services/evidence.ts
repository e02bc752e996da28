/**
 * What the rules of a node say of Services, in a form in which no rule language shows. A mode of kube-proxy makes it of its
 * rules (`modes/iptables/`), and the catalog joins it with the cluster's objects. Names are input and may hold anything.
 */
import type { Family } from '../../kernel/flow.ts';
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Service, TrafficPolicy } from '../../kubernetes/objects.ts';
import type { ServiceEndpoint } from './endpoint.ts';
import type { Frontend, FrontendFate, Overtaking } from './frontend.ts';
import type { PortName } from './portName.ts';

/** What a mode calls a Service port: its hash in iptables mode. Unique within the mode's evidence of one node. */
export type PortKey = string;

/** All that one mode finds in the rules of one node. The same object as long as the rules are the same. */
export interface NodeEvidence {
  /** All of them, which may take long: what can be asked of some is. */
  readonly ports: ReadonlyMap<PortKey, PortEvidence>;
  /** The same object that `ports` has. */
  port(key: PortKey): PortEvidence | null;
  /**
   * At least the ports that have a frontend at this address, in one spelling per address; null: a node port. `port` narrows
   * them.
   */
  portsAt(address: string | null, port?: number): Iterable<PortKey>;
  /** At least the ports that may be of this Service by the rules; null where too many may be. */
  portsOfService(namespace: string, service: string): Iterable<PortKey> | null;
  /** At least the ports that a rule refuses for want of endpoints. */
  refusedPorts(): Iterable<PortKey>;
  /**
   * The keys under which rules may hold a Service port: `default/web:http` and `tcp`, spelled as any release spells them.
   * One function for all nodes of the mode: what it gives hangs on its arguments alone.
   */
  readonly keysOf: (name: string, protocol: string) => readonly PortKey[];
  /** The ports that have an endpoint at this address, in one spelling per address; the index is made when first asked for. */
  portsWithEndpointAt(address: string): Iterable<PortKey>;
  /** Whose a rule is; null for a rule of nobody's, or of another source. */
  ownerOf(at: RuleAt): RuleOwner | null;
  /**
   * Of a mode whose rules do not say which addresses are one Service port’s: the same, as the objects put them together.
   * One object for the same Services.
   */
  readonly withServices?: (services: readonly Service[]) => NodeEvidence;
  /** The healthCheckNodePort of the Service port `default/web:http`; null where the rules have none. */
  healthCheckNodePort(name: string): number | null;
  /** The Service ports that have this healthCheckNodePort. */
  namesWithHealthCheckAt(port: number): readonly string[];
}

/** The Service port that a rule is about: by its key, or by the name that the rule gives it. */
export type RuleOwner = { readonly key: PortKey } | { readonly name: string };

/** What one mode's rules say of one Service port, in either family. Methods work it out anew each time: the catalog keeps it. */
export interface PortEvidence {
  readonly key: PortKey;
  /** What the port is called where nothing tells its name: `KUBE-SVC-…`. */
  readonly title: string;
  /** As the rules that take its traffic name it; null where they do not. */
  readonly name: PortName | null;
  /** As any of its rules names it, which costs a look at all of them; the protocol is empty where none tells it. */
  lookForName(): { readonly name: PortName | null; readonly protocol: string };
  /** Those in whose rules it stands, 4 before 6. */
  readonly families: readonly Family[];
  /** Of each address and port one, in the order of the rules. */
  frontends(): readonly RuledFrontend[];
  /** Family by family, in the order of the rules; one that gets no connections as well. */
  endpoints(): readonly RuledEndpoint[];
  policies(): RuledPolicies;
  affinity(): Affinity | null;
  /** Whether packets get to what balances over its endpoints: rules that nothing leads to any more are harmless. */
  reached(family: Family): Reached;
  /** Rules that answer in the endpoints' place. */
  refusals(): readonly Refusal[];
  /** It stands in the rules, and nothing leads to it. */
  readonly leftOver: boolean;
}

/** By cluster policy, and by local policy. */
export interface Reached {
  readonly cluster: boolean;
  readonly local: boolean;
}

/** A frontend as the rules alone have it: which of a Service's addresses it is, the objects may know better. */
export type RuledFrontend = Omit<Frontend, 'policy'>;

/** An endpoint as the rules alone have it. */
export type RuledEndpoint = Pick<
  ServiceEndpoint,
  | 'family'
  | 'address'
  | 'port'
  | 'label'
  | 'share'
  | 'localShare'
  | 'balanced'
  | 'at'
  | 'hairpin'
  | 'packets'
  | 'bytes'
>;

/** Session affinity: a client keeps its endpoint for so many seconds. */
export interface Affinity {
  readonly kind: 'ClientIP';
  readonly seconds: number;
}

/** The traffic policies that the rules show. */
export interface RuledPolicies {
  readonly internal: TrafficPolicy;
  readonly external: TrafficPolicy;
  /** False where every frontend is refused, so that the objects know better. */
  readonly shown: boolean;
}

/** A rule that rejects or drops traffic for want of endpoints. */
export interface Refusal {
  readonly family: Family;
  readonly fate: Extract<FrontendFate, 'rejected' | 'dropped'>;
  readonly overtaking: Overtaking | null;
  readonly at: RuleAt;
}
