/**
 * A mode of kube-proxy whose rules are plain data: what a rule language must give so that the catalog, the tree and the
 * cluster's objects work with it.
 */
import type { Family } from '../../../src/kernel/flow.ts';
import type { RuleAt } from '../../../src/kernel/ruleAt.ts';
import type {
  NodeEvidence,
  PortEvidence,
  RuledEndpoint,
  RuledFrontend,
} from '../../../src/kubeproxy/services/evidence.ts';
import { splitPortName } from '../../../src/kubeproxy/services/portName.ts';

/** A Service port as this mode writes it down. */
export interface PaperPort {
  /** `shop/web:http`; null for one that only its number names. */
  readonly name: string | null;
  /** By which the objects know it, too. */
  readonly number: number;
  readonly clusterIP: string;
  /** Where there is one. */
  readonly nodePort?: number;
  readonly port: number;
  /** Address and port of each with its share; none: refused. */
  readonly endpoints: readonly (readonly [address: string, port: number, share: number])[];
  readonly affinity?: number;
}

const family: Family = 4;

/** The line of the paper. */
function lineOf(port: PaperPort): RuleAt {
  const index = port.number;
  return {
    source: 'paper',
    table: 'services',
    chain: 'page',
    index,
    span: { start: index * 80, end: index * 80 + 79 },
  };
}

/** `numberOf`: under which number the paper has a Service port of the cluster. */
export function paperMode(
  ports: readonly PaperPort[],
  numberOf: (name: string, protocol: string) => number | null,
): NodeEvidence {
  const all = new Map(ports.map((port) => [String(port.number), evidenceOf(port)]));
  const keysWhere = (test: (port: PaperPort) => boolean): readonly string[] =>
    ports.filter(test).map(({ number }) => String(number));
  return {
    ports: all,
    port: (key) => all.get(key) ?? null,
    portsAt: (address) =>
      keysWhere((port) => (address === null ? port.nodePort !== undefined : port.clusterIP === address)),
    refusedPorts: () => keysWhere(({ endpoints }) => endpoints.length === 0),
    portsOfService: (namespace, service) =>
      keysWhere(({ name }) => name === null || name.startsWith(`${namespace}/${service}`)),
    keysOf: (name, protocol) => {
      const number = numberOf(name, protocol);
      return number === null ? [] : [String(number)];
    },
    portsWithEndpointAt: (address) => keysWhere((port) => port.endpoints.some(([own]) => own === address)),
    ownerOf: ({ source, index }) =>
      source === 'paper' && ports.some(({ number }) => number === index) ? { key: String(index) } : null,
    healthCheckNodePort: () => null,
    namesWithHealthCheckAt: () => [],
  };
}

function evidenceOf(port: PaperPort): PortEvidence {
  const name = port.name === null ? null : splitPortName(port.name);
  const at = lineOf(port);
  const refused = port.endpoints.length === 0;
  return {
    key: String(port.number),
    title: `number ${port.number}`,
    name,
    lookForName: () => ({ name, protocol: 'tcp' }),
    families: [family],
    frontends: () => frontendsOf(port),
    endpoints: () =>
      port.endpoints.map(([address, own, share], index) => endpointOf(port, address, own, share, index)),
    policies: () => ({ internal: 'Cluster', external: 'Cluster', shown: !refused }),
    affinity: () => (port.affinity === undefined ? null : { kind: 'ClientIP', seconds: port.affinity }),
    reached: () => ({ cluster: !refused, local: false }),
    refusals: () => (refused ? [{ family, fate: 'rejected', overtaking: null, at }] : []),
    leftOver: false,
  };
}

function frontendsOf(port: PaperPort): readonly RuledFrontend[] {
  const common = {
    family,
    protocol: 'tcp',
    fate: port.endpoints.length === 0 ? 'rejected' : 'balanced',
    overtaking: null,
    spared: [],
    masquerade: { kind: 'never' },
    sourceRanges: null,
    lateRanges: [],
    at: lineOf(port),
  } as const;
  const clusterIP = {
    ...common,
    kind: 'clusterIP',
    address: port.clusterIP,
    port: port.port,
    scope: '',
  } as const;
  if (port.nodePort === undefined) return [clusterIP];
  return [
    { ...common, kind: 'nodePort', address: null, port: port.nodePort, scope: 'every address' },
    clusterIP,
  ];
}

function endpointOf(
  paper: PaperPort,
  address: string,
  port: number,
  share: number,
  index: number,
): RuledEndpoint {
  return {
    family,
    address,
    port,
    label: `entry ${index} of ${paper.number}`,
    share,
    localShare: null,
    balanced: { cluster: true, local: false },
    at: lineOf(paper),
    hairpin: true,
    packets: null,
    bytes: null,
  };
}
