/** kube-proxy's IPVS mode, and kube-router's: what virtual servers and ipsets say of Services. */
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import { IPVS, type RuleAt } from '../../../kernel/ruleAt.ts';
import type { Service } from '../../../kubernetes/objects.ts';
import { formatAddress } from '../../../values/address.ts';
import type { IpvsSource } from '../../ipvsSource.ts';
import { type Rulesets, tableNamed } from '../../rulesets.ts';
import type { NodeEvidence, RuleOwner } from '../../services/evidence.ts';
import type { Masquerade } from '../../services/frontend.ts';
import { type Group, groupsOfObjects, groupsOfRules, type Member, membersOf, portKey } from './groups.ts';
import { IpvsPort } from './ipvsPort.ts';
import { clusterIpMasquerade } from './masquerade.ts';
import { ProxySets } from './sets.ts';

export interface IpvsFacts {
  readonly source: IpvsSource;
  readonly node: Node;
  readonly rulesets: Rulesets;
}

export function readIpvs(facts: IpvsFacts): IpvsEvidence {
  const members = membersOf(facts.source.rules, facts.node);
  return new IpvsEvidence(facts, members, groupsOfRules(members));
}

/** The key of a Service port is its name, by which the objects put its virtual servers together. */
function keysOf(name: string, protocol: string): readonly string[] {
  return [portKey(name, protocol)];
}

export class IpvsEvidence implements NodeEvidence {
  readonly keysOf = keysOf;
  readonly ports: ReadonlyMap<string, IpvsPort>;
  readonly members: readonly Member[];
  readonly #facts: IpvsFacts;
  readonly #ofServices = new WeakMap<readonly Service[], IpvsEvidence>();
  readonly #byAddress = new Map<string | null, Set<string>>();
  readonly #byEndpoint = new Map<string, Set<string>>();
  readonly #byName = new Map<string, string>();

  constructor(facts: IpvsFacts, members: readonly Member[], groups: readonly Group[]) {
    this.#facts = facts;
    this.members = members;
    const sets = new ProxySets(facts.node);
    const masquerades = new Map<Family, Masquerade>();
    const ofClusterIp = (family: Family): Masquerade => {
      const known =
        masquerades.get(family) ?? clusterIpMasquerade(tableNamed(facts.rulesets[family], 'nat'), family);
      masquerades.set(family, known);
      return known;
    };
    this.ports = new Map(groups.map((group) => [group.key, new IpvsPort(group, { sets, ofClusterIp })]));
    for (const group of groups) for (const member of group.members) this.#index(group.key, member);
  }

  #index(key: string, { kind, address, name, server }: Member): void {
    add(this.#byAddress, kind === 'nodePort' ? null : address, key);
    for (const each of server.servers) add(this.#byEndpoint, formatAddress(each.address), key);
    this.#byName.set(name, key);
  }

  /** The same with virtual servers put together as the objects say. */
  readonly withServices = (services: readonly Service[]): IpvsEvidence => {
    const known = this.#ofServices.get(services);
    if (known !== undefined) return known;
    const groups = groupsOfObjects(this.members, services);
    const made = new IpvsEvidence(this.#facts, this.members, groups);
    this.#ofServices.set(services, made);
    return made;
  };

  port(key: string): IpvsPort | null {
    return this.ports.get(key) ?? null;
  }

  portsAt(address: string | null): Iterable<string> {
    return this.#byAddress.get(address) ?? [];
  }

  /** Of none: no virtual server names a Service. */
  portsOfService(): null {
    return null;
  }

  refusedPorts(): Iterable<string> {
    return [...this.ports].flatMap(([key, port]) => (port.refusals().length > 0 ? [key] : []));
  }

  portsWithEndpointAt(address: string): Iterable<string> {
    return this.#byEndpoint.get(address) ?? [];
  }

  ownerOf({ source, chain }: RuleAt): RuleOwner | null {
    const key = source === IPVS ? this.#byName.get(chain) : undefined;
    return key === undefined ? null : { key };
  }

  /** Which port a healthCheckNodePort belongs to stands in no rule of this mode. */
  healthCheckNodePort(): null {
    return null;
  }

  namesWithHealthCheckAt(): readonly string[] {
    return [];
  }
}

function add<Key>(index: Map<Key, Set<string>>, key: Key, value: string): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([value]));
  else known.add(value);
}
