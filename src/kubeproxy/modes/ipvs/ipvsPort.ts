/** What the virtual servers of one Service port say of it. */
import type { Family } from '../../../kernel/flow.ts';
import { endText } from '../../../rules/ipvs/names.ts';
import type { RealServer } from '../../../rules/ipvs/nodes.ts';
import { formatAddress } from '../../../values/address.ts';
import type {
  Affinity,
  PortEvidence,
  Reached,
  Refusal,
  RuledEndpoint,
  RuledFrontend,
  RuledPolicies,
} from '../../services/evidence.ts';
import type { Masquerade } from '../../services/frontend.ts';
import { entryOf, type Group, type Member, placeOf } from './groups.ts';
import type { ProxySets } from './sets.ts';

/** What of a node is asked beside the virtual servers. */
export interface PortContext {
  readonly sets: ProxySets;
  /** Who is masqueraded on the way to a cluster IP. */
  readonly ofClusterIp: (family: Family) => Masquerade;
}

export class IpvsPort implements PortEvidence {
  /** Names stand in no virtual server. */
  readonly name = null;
  readonly leftOver = false;
  readonly #group: Group;
  readonly #context: PortContext;

  constructor(group: Group, context: PortContext) {
    this.#group = group;
    this.#context = context;
  }

  get key(): string {
    return this.#group.key;
  }

  get title(): string {
    return this.#group.title;
  }

  get members(): readonly Member[] {
    return this.#group.members;
  }

  lookForName(): { readonly name: null; readonly protocol: string } {
    return { name: null, protocol: this.members[0]?.protocol ?? '' };
  }

  get families(): readonly Family[] {
    const families: readonly Family[] = [4, 6];
    return families.filter((family) => this.members.some((member) => member.family === family));
  }

  /** A node port has a virtual server for each address of the node, and is one frontend. */
  frontends(): readonly RuledFrontend[] {
    const seen = new Set<string>();
    return this.members.flatMap((member) => {
      if (member.address === null) return [];
      const key = member.kind === 'nodePort' ? `${member.family} ${member.port}` : member.name;
      if (seen.has(key)) return [];
      seen.add(key);
      return [this.#frontend({ ...member, address: member.address })];
    });
  }

  #frontend(member: Member & { readonly address: string }): RuledFrontend {
    const { kind, family, address, port, protocol, isLocal } = member;
    const isNodePort = kind === 'nodePort';
    return {
      kind,
      family,
      address: isNodePort ? null : address,
      port,
      protocol,
      fate: takers(member).length > 0 ? 'balanced' : 'rejected',
      overtaking: null,
      spared: [],
      masquerade:
        kind === 'clusterIP'
          ? this.#context.ofClusterIp(family)
          : { kind: isLocal || kind === 'external' ? 'never' : 'always' },
      sourceRanges: this.#ranges(member),
      lateRanges: [],
      scope: isNodePort ? this.#scope(family, port) : '',
      at: placeOf(member),
    };
  }

  #scope(family: Family, port: number): string {
    const own = this.members.filter(
      (each) => each.kind === 'nodePort' && each.family === family && each.port === port,
    );
    return own.map(({ address }) => address).join(', ');
  }

  #ranges(member: Member & { readonly address: string }): readonly string[] | null {
    const { sets } = this.#context;
    const { family } = member;
    const entry = entryOf(member);
    if (!sets.has(family, 'LOAD-BALANCER-FW', entry)) return null;
    return [
      ...sets.behind(family, 'LOAD-BALANCER-SOURCE-CIDR', entry),
      ...sets.behind(family, 'LOAD-BALANCER-SOURCE-IP', entry),
    ];
  }

  /** Of each server one, with its part of what goes by cluster policy, and of what goes by local policy. */
  endpoints(): readonly RuledEndpoint[] {
    const found = new Map<string, { readonly server: RealServer; readonly member: Member }>();
    for (const member of this.members) {
      for (const server of member.server.servers) {
        const label = endText(server);
        if (!found.has(label)) found.set(label, { server, member });
      }
    }
    const cluster = this.#firstOf((member) => !member.isLocal);
    const local = this.#firstOf((member) => member.isLocal);
    return [...found].map(([label, { server, member }]) => {
      const share = cluster(member.family, label);
      const localShare = local(member.family, label);
      const address = formatAddress(server.address);
      const entry = `${address},${member.protocol}:${server.port},${address}`;
      return {
        family: member.family,
        address,
        port: server.port,
        label,
        share,
        localShare,
        balanced: { cluster: share !== null, local: localShare !== null },
        at: { ...placeOf(member), span: { start: server.start, end: server.end } },
        hairpin: this.#context.sets.has(member.family, 'LOOP-BACK', entry),
        packets: null,
        bytes: null,
      };
    });
  }

  /** The part of a server in the first virtual server of a family that is meant; null where it has none. */
  #firstOf(isMeant: (member: Member) => boolean): (family: Family, label: string) => number | null {
    return (family, label) => {
      const first = this.members.find((member) => member.family === family && isMeant(member));
      const able = first === undefined ? [] : takers(first);
      const own = able.find((server) => endText(server) === label);
      if (own === undefined) return null;
      const sum = able.reduce((total, { weight }) => total + (weight ?? 1), 0);
      return (own.weight ?? 1) / sum;
    };
  }

  /** internalTrafficPolicy shows in no virtual server but by its servers: the objects know it. */
  policies(): RuledPolicies {
    const isLocal = this.members.some((member) => member.isLocal);
    return { internal: 'Cluster', external: isLocal ? 'Local' : 'Cluster', shown: false };
  }

  affinity(): Affinity | null {
    const [held] = this.members.flatMap(({ server }) => server.persistence ?? []);
    return held === undefined ? null : { kind: 'ClientIP', seconds: held.seconds };
  }

  reached(): Reached {
    return { cluster: true, local: true };
  }

  /** IPVS itself refuses what no server takes. */
  refusals(): readonly Refusal[] {
    return this.members.flatMap((member) =>
      takers(member).length > 0
        ? []
        : [{ family: member.family, fate: 'rejected', overtaking: null, at: placeOf(member) }],
    );
  }
}

/** The servers that get new connections. */
export function takers({ server }: Member): readonly RealServer[] {
  return server.servers.filter(({ weight }) => weight !== 0);
}
