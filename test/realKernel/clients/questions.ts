/** Which connections are made: from everywhere to every frontend that the rules have. */
import { isLoopback } from '../../support/sentences/networks.ts';
import type { NodeFacts } from '../../support/sentences/nodeFacts.ts';
import { LAN_HOST, OUTSIDE, type Place, type Question } from './world.ts';

/** A connection, and how somebody asks about it. */
export interface Asked {
  readonly question: Question;
  readonly from: string;
  readonly to: string;
  /** The client's own address; empty where the node chooses it. */
  readonly client: string;
}

/** Pods that are nobody's endpoint, on the node and on another one. */
export const STRANGERS = {
  4: { near: '10.244.1.253', far: '10.244.2.9' },
  6: { near: 'fd00:10:244:1::fd', far: 'fd00:10:244:2::9' },
} as const;

const NODE = { 4: '192.168.0.2', 6: 'fd00:192:168::2' } as const;
const BRIDGE = { 4: '10.244.1.1', 6: 'fd00:10:244:1::1' } as const;
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

/** So often each is tried. */
const TIMES = 6;

/** `endpoints`: who listens, by whom hairpins are made. */
export function questionsOf(facts: NodeFacts, endpoints: readonly Place[]): readonly Asked[] {
  return ([4, 6] as const).flatMap((family) => {
    const targets = targetsOf(facts, family);
    const near = endpoints.filter(
      ({ address }) =>
        (address.includes(':') ? 6 : 4) === family && /^(?:10\.244\.1\.|fd00:10:244:1::)/.test(address),
    );
    const inside = targets.filter(({ address }) => isLoopback(address));
    const elsewhere = targets.filter(({ address }) => !isLoopback(address));
    return [
      ...inside.flatMap((target) =>
        sourcesOf(family, undefined)
          .filter(({ space }) => space === 'node')
          .map((source) => asked(source, target)),
      ),
      ...elsewhere.flatMap((target, index) => [
        ...sourcesOf(family, near[index % Math.max(1, near.length)]?.address).map((source) =>
          asked(source, target),
        ),
        ...hairpins(facts, family, target, near).map((source) => asked(source, target)),
      ]),
    ];
  });
}

interface Source {
  readonly space: string;
  readonly bound: string | null;
  readonly from: string;
  readonly client: string;
}

function sourcesOf(family: 4 | 6, endpoint: string | undefined): readonly Source[] {
  const { near, far } = STRANGERS[family];
  return [
    pod(near),
    ...(endpoint === undefined ? [] : [pod(endpoint)]),
    pod(far),
    { space: 'node', bound: null, from: 'node', client: '' },
    { space: 'node', bound: LOOPBACK[family], from: `node:${LOOPBACK[family]}`, client: LOOPBACK[family] },
    { space: 'node', bound: BRIDGE[family], from: `node:${BRIDGE[family]}`, client: BRIDGE[family] },
    { space: 'outside', bound: null, from: `external:${OUTSIDE[family]}`, client: OUTSIDE[family] },
    { space: 'lan', bound: null, from: `external:${LAN_HOST[family]}`, client: LAN_HOST[family] },
  ];
}

function pod(address: string): Source {
  return { space: address, bound: address, from: `pod:${address}`, client: address };
}

/** The Service's own Pods on the node. */
function hairpins(
  facts: NodeFacts,
  family: 4 | 6,
  { service }: Target,
  near: readonly Place[],
): readonly Source[] {
  const own = facts.endpoints(family, service);
  const [first] = near.filter(({ address, port }) => own.includes(endpointText(address, port)));
  if (first === undefined) return [];
  return [pod(first.address)];
}

interface Target extends Place {
  readonly service: string;
}

/** Every frontend, a node port at three addresses of the node, and next to some of them a port that is none. */
function targetsOf(facts: NodeFacts, family: 4 | 6): readonly Target[] {
  const all = facts.frontends(family).flatMap(({ service, address, port, protocol }): readonly Target[] => {
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    const addresses = address === null ? [NODE[family], BRIDGE[family], LOOPBACK[family]] : [address];
    return addresses.map((each) => ({ service, address: each, port, protocol }));
  });
  const wrong = all
    .filter((_, index) => index % 5 === 0)
    .map((target) => ({ ...target, port: (target.port + 3) % 65_536 }));
  // The node itself, at ports that are nobody's.
  const bare = [22, 10_256].map((port): Target => ({
    service: '',
    address: NODE[family],
    port,
    protocol: 'tcp',
  }));
  const targets = [...all, ...wrong, ...bare].map((target): [string, Target] => [
    `${target.address} ${target.port} ${target.protocol}`,
    target,
  ]);
  return [...new Map(targets).values()];
}

/** `10.244.1.5:8080`, `[fd00::5]:80` */
function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function asked({ space, bound, from, client }: Source, { address, port, protocol }: Target): Asked {
  const to = endpointText(address, port);
  return {
    question: { from: space, source: bound, address, port, protocol, times: TIMES },
    from,
    to,
    client,
  };
}
