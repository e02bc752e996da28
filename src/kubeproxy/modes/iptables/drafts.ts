/** The drafts of Service ports, of one or of all. Everything else about a port is worked out from its draft when it is looked at. */
import type { Family } from '../../../kernel/flow.ts';
import { splitPortName } from '../../services/portName.ts';
import { readServiceComment } from './comments.ts';
import type { DispatchIndex, ReadRule } from './dispatchIndex.ts';
import { DraftCollector } from './draftCollector.ts';
import { FamilyRules } from './familyRules.ts';
import { serviceWord } from './filedBy.ts';
import { serviceSuffix } from './hashes.ts';
import type { PortDraft } from './portDraft.ts';
import type { FoundRule } from './ruleIndex.ts';
import type { IptablesSource } from './source.ts';

/**
 * The ports that the dispatch chains of every family hand on to, or refuse, and those whose chains are declared. One port is
 * found by the rules about it, all of them by one walk.
 */
export class Drafts {
  readonly rules: ReadonlyMap<Family, FamilyRules>;
  readonly #known = new Map<string, PortDraft | null>();
  #healthChecks: ReadonlyMap<string, number> | null = null;

  constructor(sources: readonly IptablesSource[]) {
    this.rules = new Map(sources.map((source) => [source.family, new FamilyRules(source)]));
  }

  /** `default/web:http` → its healthCheckNodePort. */
  get healthChecks(): ReadonlyMap<string, number> {
    return (this.#healthChecks ??= new Map([...this.rules.values()].flatMap((rules) => rules.healthChecks)));
  }

  /** By their hash. */
  all(): ReadonlyMap<string, PortDraft> {
    const collector = new DraftCollector();
    for (const rules of this.rules.values()) {
      for (const chain of [...rules.dispatches.services, ...rules.dispatches.nodePorts]) {
        for (const rule of chain.rules) collector.addDispatch(rules, { chain, rule });
      }
      for (const chain of rules.dispatches.refusals) {
        for (const rule of chain.rules) collector.addRefusal(rules, { chain, rule });
      }
      collector.addChains(rules);
    }
    return collector.bySuffix;
  }

  /** The one of this hash; null where there is none. */
  of(suffix: string): PortDraft | null {
    const known = this.#known.get(suffix);
    if (known !== undefined) return known;
    const draft = this.#find(suffix);
    this.#known.set(suffix, draft);
    return draft;
  }

  /** The hashes of ports that may be of a Service, `default/web`; null where too many may be. */
  suffixesOf(service: string): readonly string[] | null {
    const found = new Set<string>();
    for (const { dispatches } of this.rules.values()) {
      const nameless = dispatches.naming('');
      if (nameless.length + dispatches.leftOver.length > MOST_NAMELESS) return null;
      for (const each of [...dispatches.naming(service), ...nameless]) {
        const suffix = dispatches.suffixOf(each);
        if (suffix !== null) found.add(suffix);
      }
      for (const suffix of dispatches.leftOver) found.add(suffix);
    }
    return [...found];
  }

  #find(suffix: string): PortDraft | null {
    const collector = new DraftCollector();
    const leads = [...this.rules.values()].map(
      (rules) => [rules, rules.dispatches.leadingTo(suffix)] as const,
    );
    const spelling = spellingIn(
      leads.flatMap(([, found]) => found),
      suffix,
    );
    for (const [rules, leading] of leads) {
      const { dispatches } = rules;
      for (const found of leading) collector.addRead(rules, found);
      const refusals =
        spelling === null
          ? dispatches.refusing(suffix)
          : naming(spelling, dispatches).filter((found) => dispatches.suffixOf(found) === suffix);
      for (const found of refusals) collector.addRefusal(rules, found, suffix);
      collector.addChains(rules, suffix);
    }
    return collector.bySuffix.get(suffix) ?? null;
  }
}

/** As a rule that jumps to the chains of this suffix spells it, where that gives its hash: only rules of the same spelling refuse it. */
function spellingIn(leading: readonly ReadRule[], suffix: string): string | null {
  for (const { read } of leading) {
    const name = readServiceComment(read.comment)?.name;
    if (name !== undefined && serviceSuffix(name, read.protocol) === suffix) return name;
  }
  return null;
}

/** Ports that only their own chains name are all looked at to find one by its name, up to so many. */
const MOST_NAMELESS = 64;

function naming(spelling: string, dispatches: DispatchIndex): readonly FoundRule[] {
  const name = splitPortName(spelling);
  return name === null ? [] : dispatches.refusalsNaming(serviceWord(name.namespace, name.service));
}
