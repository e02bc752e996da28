/** kube-proxy's nftables mode: what its tables say of Services. */
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import { normalAddress } from '../../../values/address.ts';
import type { NodeEvidence, PortKey, RuleOwner } from '../../services/evidence.ts';
import { NFT } from '../../nftSource.ts';
import type { Sources } from '../../sources.ts';
import { portKeyOf } from './names.ts';
import { NftablesPort } from './nftablesPort.ts';
import { Drafts, ownerOfChain, type PortDraft } from './portDraft.ts';
import { ProxyTable } from './proxyTable.ts';

/** Nothing is looked at before it is asked for. */
export function readNftables(sources: Sources): NftablesEvidence {
  return new NftablesEvidence(sources);
}

function keysOf(name: string, protocol: string): readonly PortKey[] {
  const key = portKeyOf(name, protocol);
  return key === null ? [] : [key];
}

export class NftablesEvidence implements NodeEvidence {
  readonly keysOf = keysOf;
  readonly #sources: Sources;
  #tables: readonly ProxyTable[] | null = null;
  #drafts: Drafts | null = null;
  #ports: ReadonlyMap<PortKey, NftablesPort> | null = null;
  /** Those that were asked for. */
  readonly #made = new Map<PortDraft, NftablesPort>();
  #byAddress: ReadonlyMap<string, ReadonlySet<PortKey>> | null = null;
  #byEndpoint: ReadonlyMap<string, ReadonlySet<PortKey>> | null = null;
  #byService: ReadonlyMap<string, ReadonlySet<PortKey>> | null = null;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** kube-proxy's own, IPv4 before IPv6; none on a node of another mode. */
  get tables(): readonly ProxyTable[] {
    return (this.#tables ??= this.#findTables());
  }

  get ports(): ReadonlyMap<PortKey, NftablesPort> {
    return (this.#ports ??= new Map([...this.#known.all].map(([key, draft]) => [key, this.#portOf(draft)])));
  }

  port(key: PortKey): NftablesPort | null {
    const draft = this.#known.draft(key);
    return draft === null ? null : this.#portOf(draft);
  }

  portsAt(address: string | null): Iterable<PortKey> {
    this.#byAddress ??= indexed(this.#known.placed, (draft) =>
      addressesOf(draft).map((each) => (each === null ? '' : normalAddress(each))),
    );
    return this.#byAddress.get(address === null ? '' : normalAddress(address)) ?? [];
  }

  /** Null where names are cut, which may be of any Service. */
  portsOfService(namespace: string, service: string): Iterable<PortKey> | null {
    this.#byService ??= indexed(this.#known.all.values(), ({ name }) => [
      name === null ? '' : `${name.namespace}/${name.service}`,
    ]);
    return this.#byService.has('') ? null : (this.#byService.get(`${namespace}/${service}`) ?? []);
  }

  refusedPorts(): Iterable<PortKey> {
    return [...this.ports.values()].flatMap((port) => (port.refusals().length > 0 ? [port.key] : []));
  }

  portsWithEndpointAt(address: string): Iterable<PortKey> {
    this.#byEndpoint ??= indexed(this.ports.values(), (port) =>
      [...port.endpointAddresses()].map(normalAddress),
    );
    return this.#byEndpoint.get(normalAddress(address)) ?? [];
  }

  /** By the chain that the rule is in. */
  ownerOf({ source, table, chain }: RuleAt): RuleOwner | null {
    if (source !== NFT || !this.tables.some(({ name }) => name === table)) return null;
    const key = ownerOfChain({ name: chain })?.key;
    return key === undefined || this.#known.draft(key) === null ? null : { key };
  }

  /** In this mode no rule is about it: packets for it meet none that drops them. */
  healthCheckNodePort(): null {
    return null;
  }

  namesWithHealthCheckAt(): readonly string[] {
    return [];
  }

  #findTables(): readonly ProxyTable[] {
    const { nft } = this.#sources;
    if (nft === null) return [];
    return ([4, 6] as const)
      .map((family) => new ProxyTable(nft.ruleset, family))
      .filter(({ chains }) => chains.size > 0);
  }

  get #known(): Drafts {
    return (this.#drafts ??= new Drafts(this.tables));
  }

  #portOf(draft: PortDraft): NftablesPort {
    let port = this.#made.get(draft);
    if (port === undefined) this.#made.set(draft, (port = new NftablesPort(draft)));
    return port;
  }
}

/** The keys of ports by words of theirs. */
function indexed<P extends { readonly key: PortKey }>(
  ports: Iterable<P>,
  wordsOf: (port: P) => readonly string[],
): ReadonlyMap<string, ReadonlySet<PortKey>> {
  const found = new Map<string, Set<PortKey>>();
  for (const port of ports) {
    for (const word of wordsOf(port)) {
      const keys = found.get(word);
      if (keys === undefined) found.set(word, new Set([port.key]));
      else keys.add(port.key);
    }
  }
  return found;
}

/** Where packets for it go to; null for a node port. */
function addressesOf({ sides }: PortDraft): readonly (string | null)[] {
  return [...sides.values()].flatMap(({ dispatches, refused }) =>
    [...dispatches, ...refused].map(({ place }) => place.address),
  );
}
