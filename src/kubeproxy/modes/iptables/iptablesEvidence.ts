/** kube-proxy's iptables mode: what its chains say of Services. */
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Rule, Table } from '../../../rules/iptables/nodes.ts';
import type { NodeEvidence, RuleOwner } from '../../services/evidence.ts';
import { servicePortName } from '../../services/portName.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Sources } from '../../sources.ts';
import type { Steps } from '../../../values/steps.ts';
import { commentOf, targetNameOf } from '../../words/ruleView.ts';
import { readServiceComment } from './comments.ts';
import { Drafts } from './drafts.ts';
import { EndpointIndex } from './endpointIndex.ts';
import { servicePortSpellings, serviceSuffix } from './hashes.ts';
import { serviceWord } from './filedBy.ts';
import { IptablesPort } from './iptablesPort.ts';
import type { PortDraft } from './portDraft.ts';
import { readFamilyChain } from './roles.ts';
import { type IptablesSource, iptablesSources } from './source.ts';

/**
 * KUBE-SERVICES, KUBE-NODEPORTS and their namesakes in table filter name the ports; what more there is to know of a port is
 * read from its own chains. Nothing is looked at before it is asked for, and of one port only the rules about it.
 */
export function readIptables(sources: Sources): IptablesEvidence {
  return new IptablesEvidence(sources);
}

/** Both spellings of an unnamed port are listed, so that the rules of any release are found. */
function keysOf(name: string, protocol: string): readonly string[] {
  return servicePortSpellings(name).map((spelling) => serviceSuffix(spelling, protocol));
}

/** Of releases up to 1.23: some of these chains have dropped what comes to them. */
function suffixesOfXlb(nat: Table | null): readonly string[] {
  return [...(nat?.chains.keys() ?? [])].flatMap((name) =>
    name.startsWith('KUBE-XLB-') ? (readFamilyChain(name)?.suffix ?? []) : [],
  );
}

export class IptablesEvidence implements NodeEvidence {
  /** What it was read from, one of each family. */
  readonly sources: readonly IptablesSource[];
  readonly keysOf = keysOf;
  readonly #all: Sources;
  readonly #drafts: Drafts;
  readonly #indexes: ReadonlyMap<Family, EndpointIndex>;
  readonly #known = new Map<string, IptablesPort>();
  #ports: ReadonlyMap<string, IptablesPort> | null = null;

  constructor(sources: Sources) {
    this.#all = sources;
    this.sources = iptablesSources(sources);
    this.#drafts = new Drafts(this.sources);
    this.#indexes = new Map(
      this.sources.map(({ family, ruleset }) => [
        family,
        new EndpointIndex(ruleset, tableNamed(ruleset, 'nat'), (key) => this.#namesOf(key)),
      ]),
    );
  }

  get ports(): ReadonlyMap<string, IptablesPort> {
    return (this.#ports ??= new Map(
      [...this.#drafts.all().values()].map((draft) => [draft.suffix, this.#portOf(draft)]),
    ));
  }

  port(key: string): IptablesPort | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const draft = this.#ports === null ? this.#drafts.of(key) : null;
    return draft === null ? null : this.#portOf(draft);
  }

  #portOf(draft: PortDraft): IptablesPort {
    const port = this.#known.get(draft.suffix) ?? new IptablesPort(draft, this.#drafts);
    this.#known.set(draft.suffix, port);
    return port;
  }

  portsAt(address: string | null, port?: number): Iterable<string> {
    const found = new Set<string>();
    for (const { dispatches } of this.#drafts.rules.values()) {
      for (const each of dispatches.takingAt(address)) {
        const key = dispatches.suffixOf(each, port);
        if (key !== null) found.add(key);
      }
    }
    return found;
  }

  refusedPorts(): Iterable<string> {
    return [...this.#drafts.rules.values()].flatMap(({ dispatches, nat }) => [
      ...dispatches.refused(),
      ...suffixesOfXlb(nat),
    ]);
  }

  portsOfService(namespace: string, service: string): Iterable<string> | null {
    return this.#drafts.suffixesOf(serviceWord(namespace, service));
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
    return this.#drafts.rules.get(family)?.nat?.chains.has(chain) === true ? found.suffix : null;
  }

  /** A packet went from a chain of a Service port to one of an endpoint: spares a look at all jumps to that. */
  sawJump(from: string, to: string, family: Family): void {
    const owner = readFamilyChain(from);
    if (owner === null || owner.kind === 'sep' || readFamilyChain(to)?.kind !== 'sep') return;
    this.#indexes.get(family)?.sawJump(owner.suffix, to);
  }

  #namesOf(key: string): readonly string[] {
    const name = this.port(key)?.name;
    return name ? servicePortSpellings(servicePortName(name.namespace, name.service, name.portName)) : [];
  }

  ruleAt(at: RuleAt): Rule | null {
    return this.#all.ruleAt(at);
  }

  healthCheckNodePort(name: string): number | null {
    return this.#drafts.healthChecks.get(name) ?? null;
  }

  namesWithHealthCheckAt(port: number): readonly string[] {
    return [...this.#drafts.healthChecks].flatMap(([name, own]) => (own === port ? [name] : []));
  }

  /** Makes the indexes of endpoints now. */
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
