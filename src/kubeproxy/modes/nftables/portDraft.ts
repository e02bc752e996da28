/** Which chains and elements of kube-proxy's tables are of one Service port. */
import type { Family } from '../../../kernel/flow.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { PortKey } from '../../services/evidence.ts';
import { type PortName, splitPortName } from '../../services/portName.ts';
import type { Dispatch, Guarded, Refused } from './dispatches.ts';
import {
  chainNameOf,
  keyOfPort,
  kindsOfPorts,
  type NftablesChainKind,
  portKeyOf,
  readPortChain,
} from './names.ts';
import { placeKey } from './places.ts';
import type { ProxyTable } from './proxyTable.ts';

/** What one family's table has for a port. */
export interface Side {
  readonly table: ProxyTable;
  readonly chains: Map<NftablesChainKind, PlacedChain>;
  readonly dispatches: Dispatch[];
  readonly refused: Refused[];
  readonly guarded: Guarded[];
}

export interface PortDraft {
  readonly key: PortKey;
  /** What it is called where nothing tells its name. */
  readonly title: string;
  name: PortName | null;
  protocol: string;
  readonly sides: Map<Family, Side>;
}

/**
 * The ports of some tables. Those that a map sends packets to are found at once; the chains of each when it is asked for, by
 * their names: of 10,000 Services one is answered without a look at the others.
 */
export class Drafts {
  readonly #tables: readonly ProxyTable[];
  readonly #found = new Map<PortKey, PortDraft>();
  readonly #filled = new Set<PortDraft>();
  #isWhole = false;

  constructor(tables: readonly ProxyTable[]) {
    this.#tables = tables;
    for (const table of tables) this.#readMaps(table);
  }

  /** Of ports that a map or a rule names for a place; their chains may be missing. */
  get placed(): Iterable<PortDraft> {
    return this.#found.values();
  }

  /** Every port, in the order in which the tables name them. */
  get all(): ReadonlyMap<PortKey, PortDraft> {
    if (!this.#isWhole) for (const table of this.#tables) this.#readChains(table);
    this.#isWhole = true;
    return this.#found;
  }

  /** The same that `all` has; null where there is none. */
  draft(key: PortKey): PortDraft | null {
    const draft = this.#found.get(key);
    if (draft !== undefined && (this.#isWhole || this.#filled.has(draft) || this.#fill(draft))) return draft;
    return this.all.get(key) ?? null;
  }

  /** Whether the names of its chains are known: one that is cut is not. */
  #fill(draft: PortDraft): boolean {
    const { key, name, protocol } = draft;
    if (name === null || protocol === '') return false;
    for (const table of this.#tables) {
      for (const kind of kindsOfPorts) {
        const chain = table.chains.get(chainNameOf(kind, key, name, protocol));
        if (chain !== undefined) this.#side(draft, table).chains.set(kind, chain);
      }
    }
    this.#filled.add(draft);
    return true;
  }

  #readMaps(table: ProxyTable): void {
    const { dispatches, refused, guarded } = table.dispatches;
    for (const each of dispatches) this.#side(ownerOfDispatch(each), table).dispatches.push(each);
    for (const each of refused)
      this.#side(ownerOfComment(each.comment, each.place), table).refused.push(each);
    for (const each of guarded) {
      const owner = ownerOfChain(each.chain);
      if (owner !== null) this.#side(owner, table).guarded.push(each);
    }
  }

  #readChains(table: ProxyTable): void {
    for (const chain of table.chains.values()) {
      // Most chains of a large table; no port is known by one alone.
      if (chain.name.startsWith('endpoint-')) continue;
      const read = readPortChain(chain.name);
      const owner = read === null ? null : ownerOfChain(chain);
      if (read !== null && owner !== null) this.#side(owner, table).chains.set(read.kind, chain);
    }
  }

  #side(owner: Owner, table: ProxyTable): Side {
    let draft = this.#found.get(owner.key);
    if (draft === undefined)
      this.#found.set(owner.key, (draft = { ...owner, sides: new Map<Family, Side>() }));
    draft.name ??= owner.name;
    if (draft.protocol === '') draft.protocol = owner.protocol;
    let side = draft.sides.get(table.family);
    if (side === undefined) {
      const chains = new Map<NftablesChainKind, PlacedChain>();
      draft.sides.set(table.family, (side = { table, chains, dispatches: [], refused: [], guarded: [] }));
    }
    return side;
  }
}

type Owner = Pick<PortDraft, 'key' | 'title' | 'name' | 'protocol'>;

/** Null for a chain of no Service port. Of an endpoint whose name is cut the port is not known. */
export function ownerOfChain({ name: title }: Pick<PlacedChain, 'name'>): Owner | null {
  const read = readPortChain(title);
  if (read === null) return null;
  const { name, protocol, hash, endpoint } = read;
  if (endpoint === null) return { key: hash, title, name, protocol };
  return name === null ? null : { key: keyOfPort(name, protocol), title, name, protocol };
}

function ownerOfDispatch({ chain, comment, place }: Dispatch): Owner {
  return (chain === null ? null : ownerOfChain(chain)) ?? ownerOfComment(comment, place);
}

function ownerOfComment(comment: string, place: Refused['place']): Owner {
  const { protocol } = place;
  const title = comment === '' ? `${place.address ?? 'node port'}:${place.port}` : comment;
  return {
    key: portKeyOf(comment, protocol) ?? placeKey(place),
    title,
    name: splitPortName(comment),
    protocol,
  };
}
