/** A Service port in kube-proxy's nftables mode. */
import type { Family } from '../../../kernel/flow.ts';
import type {
  Affinity,
  PortEvidence,
  PortKey,
  Reached,
  Refusal,
  RuledEndpoint,
  RuledFrontend,
  RuledPolicies,
} from '../../services/evidence.ts';
import type { PortName } from '../../services/portName.ts';
import { type Balanced, endOf, labelOf } from './balance.ts';
import { frontendsOf, policiesOf } from './frontends.ts';
import type { NftablesChainKind } from './names.ts';
import type { PortDraft, Side } from './portDraft.ts';

export class NftablesPort implements PortEvidence {
  readonly #draft: PortDraft;

  constructor(draft: PortDraft) {
    this.#draft = draft;
  }

  get key(): PortKey {
    return this.#draft.key;
  }

  get title(): string {
    return this.#draft.title;
  }

  get name(): PortName | null {
    return this.#draft.name;
  }

  lookForName(): { readonly name: PortName | null; readonly protocol: string } {
    return { name: this.#draft.name, protocol: this.#draft.protocol };
  }

  get families(): readonly Family[] {
    return ([4, 6] as const).filter((family) => this.#draft.sides.has(family));
  }

  /** Those of its endpoints. Nothing else of them is worked out. */
  *endpointAddresses(): Generator<string> {
    for (const { table, chains, dispatches } of this.#draft.sides.values()) {
      for (const kind of BALANCING) {
        const chain = chains.get(kind);
        if (chain === undefined) continue;
        for (const { address } of table.balance(chain).endpoints.values()) yield address;
      }
      for (const { endpoint } of dispatches) {
        const end = endOf(endpoint, null);
        if (end !== null) yield end.address;
      }
    }
  }

  frontends(): readonly RuledFrontend[] {
    return this.#sides.flatMap((side) => frontendsOf(side));
  }

  endpoints(): readonly RuledEndpoint[] {
    return this.#sides.flatMap((side) => this.#endpointsOf(side));
  }

  policies(): RuledPolicies {
    const all = this.#sides.map((side) => policiesOf(side));
    const isLocal = (of: 'internal' | 'external'): boolean => all.some((each) => each[of] === 'Local');
    return {
      internal: isLocal('internal') ? 'Local' : 'Cluster',
      external: isLocal('external') ? 'Local' : 'Cluster',
      shown: this.#sides.some(({ dispatches }) => dispatches.length > 0),
    };
  }

  affinity(): Affinity | null {
    for (const side of this.#sides) {
      for (const kind of BALANCING) {
        const chain = side.chains.get(kind);
        const seconds = chain === undefined ? null : side.table.balance(chain).affinity;
        if (seconds !== null) return { kind: 'ClientIP', seconds };
      }
    }
    return null;
  }

  reached(family: Family): Reached {
    const side = this.#draft.sides.get(family);
    return {
      cluster: side !== undefined && (isReached(side, 'service') || side.dispatches.some(isDirect)),
      local: side !== undefined && isReached(side, 'local'),
    };
  }

  refusals(): readonly Refusal[] {
    return this.#sides.flatMap(({ table, refused }) =>
      refused.map(({ fate, at }) => ({ family: table.family, fate, overtaking: null, at })),
    );
  }

  get leftOver(): boolean {
    return this.#sides.every(({ dispatches, refused }) => dispatches.length === 0 && refused.length === 0);
  }

  /** The chain of a family; null where it has none of that kind. */
  chainOf(family: Family, kind: NftablesChainKind): string | null {
    return this.#draft.sides.get(family)?.chains.get(kind)?.name ?? null;
  }

  get #sides(): readonly Side[] {
    return this.families.flatMap((family) => this.#draft.sides.get(family) ?? []);
  }

  #endpointsOf(side: Side): readonly RuledEndpoint[] {
    const [cluster, local] = BALANCING.map((kind) => {
      const chain = side.chains.get(kind);
      return chain === undefined ? NOBODY : side.table.balance(chain).endpoints;
    });
    const all = new Map([...(cluster ?? NOBODY), ...(local ?? NOBODY), ...directEnds(side)]);
    return [...all.values()].map((each) => {
      const own = cluster?.get(each.label) ?? directEnds(side).get(each.label);
      return {
        family: side.table.family,
        address: each.address,
        port: each.port,
        label: each.label,
        share: own?.share ?? null,
        localShare: local?.get(each.label)?.share ?? null,
        balanced: { cluster: own !== undefined, local: local?.has(each.label) === true },
        at: each.at,
        hairpin: each.marksItself || side.table.hairpinOf(each.address, each.port, this.#draft.protocol),
        packets: null,
        bytes: null,
      };
    });
  }
}

const BALANCING = ['service', 'local'] as const;
const NOBODY: ReadonlyMap<string, Balanced> = new Map();

function isReached({ table, chains }: Side, kind: NftablesChainKind): boolean {
  const chain = chains.get(kind);
  return chain !== undefined && table.isReached(chain);
}

function isDirect({ endpoint }: Side['dispatches'][number]): boolean {
  return endpoint !== null;
}

/** The one endpoint that elements of a map name themselves. */
function directEnds({ dispatches }: Side): ReadonlyMap<string, Balanced> {
  return new Map(
    dispatches.flatMap(({ endpoint, at }): readonly (readonly [string, Balanced])[] => {
      const end = endOf(endpoint, null);
      if (end === null) return [];
      const label = labelOf(end);
      return [[label, { ...end, label, share: 1, marksItself: false, at }]];
    }),
  );
}
