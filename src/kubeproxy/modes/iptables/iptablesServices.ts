/** The catalog's Services seen from the chains that iptables mode has for them. */
import type { Family } from '../../../kernel/flow.ts';
import type { Outcome } from '../../../kernel/trace.ts';
import type { Catalog, ServicePort } from '../../services/catalog.ts';
import type { ServiceEndpoint } from '../../services/endpoint.ts';
import type { Frontend } from '../../services/frontend.ts';
import { targetNameOf } from '../../words/ruleView.ts';
import type { IptablesEvidence } from './iptablesEvidence.ts';
import { IptablesPort, NO_CHAINS } from './iptablesPort.ts';
import { DEFAULT_MASQUERADE_MARK, masqueradeMarkOf } from './marks.ts';
import { readFamilyChain, type ServiceChainKind, type ServiceChains } from './roles.ts';

/** Whose chain it is: a Service port's own, or that of one of its endpoints. */
export interface ChainOwner {
  readonly port: ServicePort;
  readonly kind: ServiceChainKind | 'sep';
  readonly family: Family;
  /** For `sep`; null where the port does not balance to it. */
  readonly endpoint: ServiceEndpoint | null;
}

/** Of more ways it is cheaper to look for all at once. */
const FEW_WAYS = 8;

export class IptablesServices {
  readonly #evidence: IptablesEvidence;
  readonly #catalog: Catalog;
  readonly #endpoints = new WeakMap<ServicePort, ReadonlyMap<string, ServiceEndpoint>>();
  #mark: number | null = null;

  /** `catalog` is one that was built of `evidence`. */
  constructor(evidence: IptablesEvidence, catalog: Catalog) {
    this.#evidence = evidence;
    this.#catalog = catalog;
  }

  /** Of a chain in table nat: `KUBE-SVC-…`, `KUBE-SEP-…`; null for any other. `family` picks the side of a dual-stack Service. */
  ofChain(chain: string, family?: Family): ChainOwner | null {
    const kind = readFamilyChain(chain)?.kind;
    if (kind === undefined) return null;
    for (const { family: side } of this.#evidence.sources) {
      if (family !== undefined && side !== family) continue;
      const port = this.#portOf(this.#evidence.keyOfChain(chain, side));
      if (port === null) continue;
      return {
        port,
        kind,
        family: side,
        endpoint: kind === 'sep' ? this.#endpointOf(port, chain, side) : null,
      };
    }
    return null;
  }

  /** What the ways of a packet show of endpoint chains, so that `ofChain` need not look for it; of the first few ways. */
  learn(ways: readonly Pick<Outcome, 'steps'>[], family: Family): void {
    for (const { steps } of ways.slice(0, FEW_WAYS)) {
      for (const step of steps) {
        if (step.kind !== 'rule' || step.at.table !== 'nat' || step.effect.kind !== 'jump') continue;
        if (step.effect.chain.startsWith('KUBE-SEP-'))
          this.#evidence.sawJump(step.at.chain, step.effect.chain, family);
      }
    }
  }

  /** The chain in table nat that a frontend's rule jumps to; null where there is none. */
  chainOf({ at }: Frontend): string | null {
    const rule = at.table === 'nat' ? this.#evidence.ruleAt(at) : null;
    return rule === null ? null : targetNameOf(rule);
  }

  /** The mark that KUBE-MARK-MASQ sets, from its rule; 0x4000 where there is none. */
  get masqueradeMark(): number {
    return (this.#mark ??= this.#findMark());
  }

  #findMark(): number {
    for (const { ruleset } of this.#evidence.sources) {
      const mark = masqueradeMarkOf(ruleset);
      if (mark !== null) return mark;
    }
    return DEFAULT_MASQUERADE_MARK;
  }

  #endpointOf(port: ServicePort, chain: string, family: Family): ServiceEndpoint | null {
    let known = this.#endpoints.get(port);
    if (known === undefined) {
      known = new Map(port.endpoints.map((each) => [`${each.family}/${each.label}`, each]));
      this.#endpoints.set(port, known);
    }
    return known.get(`${family}/${chain}`) ?? null;
  }

  #portOf(key: string | null): ServicePort | null {
    const evidence = key === null ? null : this.#evidence.port(key);
    return evidence === null ? null : this.#catalog.portOf(evidence);
  }
}

/** The chains of a Service port; none of one that is in no rules of iptables mode. */
export function chainsOf({ evidence }: ServicePort, family: Family): ServiceChains {
  return evidence instanceof IptablesPort ? evidence.chains(family) : NO_CHAINS;
}

/** `KUBE-SEP-…`; null for an endpoint that has no chain. */
export function chainOfEndpoint({ label }: ServiceEndpoint): string | null {
  return readFamilyChain(label) === null ? null : label;
}
