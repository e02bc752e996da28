/** Addresses, ports and chains of the node with their names, as plain lists that a request goes through quickly. */
import type { Family } from '../../kernel/flow.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { chainsOf } from '../../kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import { formatAddress } from '../../values/address.ts';
import type { Steps } from '../../values/steps.ts';
import { append } from '../../text/lists.ts';

export interface NamedAddress {
  readonly address: string;
  readonly family: Family;
  readonly name: string;
}

interface NamedPort {
  readonly port: number;
  readonly protocol: string;
  readonly name: string;
}

interface NamedChain {
  readonly chain: string;
  readonly family: Family;
  readonly name: string;
  /** The name in small letters. */
  readonly lower: string;
}

export interface KnownNames {
  /** The node's own first, then those of Services, then of their endpoints. */
  readonly addresses: readonly NamedAddress[];
  readonly ports: readonly NamedPort[];
  readonly chains: readonly NamedChain[];
  /** `default/web:http` */
  readonly services: readonly string[];
}

export const NO_NAMES: KnownNames = { addresses: [], ports: [], chains: [], services: [] };

/** With more Service ports their endpoints are not listed: each has to be worked out. */
const FEW_PORTS = 3_000;
const PORTS_PER_STEP = 200;

export function* readNames(analysis: Analysis): Steps<KnownNames> {
  const own = [...(analysis.node.interfaces?.values() ?? [])].flatMap(({ name, addresses }) =>
    addresses.map(({ address }) => ({ address: formatAddress(address), family: address.family, name })),
  );
  const found = { addresses: own, ports: new Map<string, NamedPort>(), chains: [] as NamedChain[] };
  const endpoints: NamedAddress[] = [];
  const { ports } = analysis.catalog;
  yield;
  for (const [index, port] of ports.entries()) {
    if (index % PORTS_PER_STEP === PORTS_PER_STEP - 1) yield;
    addPort(found, port);
    if (ports.length <= FEW_PORTS) append(endpoints, endpointsOf(port));
  }
  return {
    addresses: [...found.addresses, ...endpoints],
    ports: [...found.ports.values()],
    chains: found.chains,
    services: ports.flatMap(({ name, nameSource }) => (nameSource === 'structure' ? [] : name)),
  };
}

function addPort(
  found: { addresses: NamedAddress[]; ports: Map<string, NamedPort>; chains: NamedChain[] },
  port: ServicePort,
): void {
  const { name } = port;
  for (const { address, family, port: number, protocol } of port.frontends) {
    if (address !== null) found.addresses.push({ address, family, name });
    const key = `${number}/${protocol}`;
    if (!found.ports.has(key)) found.ports.set(key, { port: number, protocol, name });
  }
  for (const family of port.families)
    for (const chain of Object.values(chainsOf(port, family)))
      if (chain !== null) found.chains.push({ chain, family, name, lower: name.toLowerCase() });
}

function endpointsOf({ endpoints, name }: ServicePort): readonly NamedAddress[] {
  return endpoints.flatMap(({ address, family, pod }) =>
    address === '' ? [] : { address, family, name: pod === null ? name : `${pod.name} · ${name}` },
  );
}
