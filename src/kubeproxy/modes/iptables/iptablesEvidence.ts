/** kube-proxy's iptables mode: what its chains say of Services. */
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import type { NodeEvidence, RuleOwner } from '../../services/evidence.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Sources } from '../../sources.ts';
import type { Steps } from '../../../values/steps.ts';
import { commentOf, targetNameOf } from '../../words/ruleView.ts';
import { readServiceComment } from './comments.ts';
import { collectDrafts, type Drafts } from './drafts.ts';
import { EndpointIndex } from './endpointIndex.ts';
import { servicePortSpellings, serviceSuffix } from './hashes.ts';
import { IptablesPort } from './iptablesPort.ts';
import { readFamilyChain } from './roles.ts';
import { type IptablesSource, iptablesSources } from './source.ts';

/**
 * One walk over KUBE-SERVICES, KUBE-NODEPORTS and their namesakes in table filter finds the ports; what more there is to know
 * of a port is read from its own chains when it is asked for.
 */
export function readIptables(sources: Sources): IptablesEvidence {
  return new IptablesEvidence(sources);
}

/** Both spellings of an unnamed port are listed, so that the rules of any release are found. */
function keysOf(name: string, protocol: string): readonly string[] {
  return servicePortSpellings(name).map((spelling) => serviceSuffix(spelling, protocol));
}

export class IptablesEvidence implements NodeEvidence {
  /** What it was read from, one of each family. */
  readonly sources: readonly IptablesSource[];
  readonly ports = new Map<string, IptablesPort>();
  readonly keysOf = keysOf;
  readonly #all: Sources;
  readonly #drafts: Drafts;
  readonly #indexes: ReadonlyMap<Family, EndpointIndex>;

  constructor(sources: Sources) {
    this.#all = sources;
    this.sources = iptablesSources(sources);
    this.#drafts = collectDrafts(this.sources);
    this.#indexes = new Map(
      this.sources.map(({ family, ruleset }) => [
        family,
        new EndpointIndex(ruleset, tableNamed(ruleset, 'nat')),
      ]),
    );
    for (const draft of this.#drafts.bySuffix.values()) {
      this.ports.set(draft.suffix, new IptablesPort(draft, this.#drafts));
    }
  }

  *portsWithEndpointAt(address: string): Generator<string> {
    const found = new Set<string>();
    for (const index of this.#indexes.values()) {
      for (const chain of index.chainsAt(address)) {
        const key = index.ownerOf(chain);
        if (key === null || found.has(key)) continue;
        found.add(key);
        yield key;
      }
    }
  }

  /** By the chain that the rule is in, the one that it jumps to, or its comment. */
  ownerOf(at: RuleAt): RuleOwner | null {
    const family = this.sources.find(({ id }) => id === at.source)?.family;
    const rule = this.ruleAt(at);
    if (family === undefined || rule === null) return null;
    const chains = at.table === 'nat' ? [at.chain, targetNameOf(rule) ?? ''] : [];
    for (const chain of chains) {
      const key = this.keyOfChain(chain, family);
      if (key !== null) return { key };
    }
    const comment = readServiceComment(commentOf(rule));
    return comment === null ? null : { name: withoutColon(comment.name) };
  }

  /** Of a chain in table nat of one family; null for any other. */
  keyOfChain(chain: string, family: Family): string | null {
    const found = readFamilyChain(chain);
    if (found === null) return null;
    if (found.kind === 'sep') return this.#indexes.get(family)?.ownerOf(chain) ?? null;
    const port = this.ports.get(found.suffix);
    return port?.chains(family)[found.kind] === chain ? found.suffix : null;
  }

  ruleAt(at: RuleAt): Rule | null {
    return this.#all.ruleAt(at);
  }

  healthCheckNodePort(name: string): number | null {
    return this.#drafts.healthChecks.get(name) ?? null;
  }

  /** Makes the indexes of endpoints, which the first questions do without. */
  *prepare(): Steps<void> {
    for (const index of this.#indexes.values()) {
      yield* index.prepare();
      yield;
    }
  }
}

/** An unnamed port has had its colon up to 1.18. */
function withoutColon(spelling: string): string {
  return spelling.endsWith(':') ? spelling.slice(0, -1) : spelling;
}
