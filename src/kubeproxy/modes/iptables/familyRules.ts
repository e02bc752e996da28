/** The tables of one family, and what is found in them once for all ports. */
import type { Family } from '../../../kernel/flow.ts';
import type { SourceId } from '../../../kernel/ruleAt.ts';
import { placesOf, ruleEndingAt } from '../../../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { partOf } from '../../../rules/iptables/parts/part.ts';
import { tableNamed } from '../../rulesets.ts';
import { hostWords } from '../../words/clauses.ts';
import { commentOf, destinationPortOf, generalOption, targetNameOf, valueOf } from '../../words/ruleView.ts';
import { readServiceComment } from './comments.ts';
import { DispatchIndex } from './dispatchIndex.ts';
import { readDispatchRule } from './dispatchRule.ts';
import { earlyVerdicts, type EarlyVerdict } from './earlyVerdicts.ts';
import { mayMark } from './filedBy.ts';
import { type FirstPackets, firstPacketsOf } from './firstPackets.ts';
import { placeKey } from './portDraft.ts';
import type { IptablesSource } from './source.ts';

export class FamilyRules {
  readonly source: SourceId;
  readonly family: Family;
  readonly ruleset: Ruleset;
  readonly nat: Table | null;
  readonly filter: Table | null;
  readonly dispatches: DispatchIndex;
  #marks: ReadonlyMap<string, readonly Rule[]> | null = null;
  #nodePortScope: string | null = null;
  readonly #asked = new Map<Rule, FirstPackets>();
  readonly #verdicts = new Map<string, readonly EarlyVerdict[]>();

  constructor({ id, family, ruleset }: IptablesSource) {
    this.source = id;
    this.family = family;
    this.ruleset = ruleset;
    this.nat = tableNamed(ruleset, 'nat');
    this.filter = tableNamed(ruleset, 'filter');
    this.dispatches = new DispatchIndex(ruleset, this.nat, this.filter);
  }

  /** Rules of KUBE-SERVICES and KUBE-NODEPORTS that only mark, by `placeKey`. */
  get marks(): ReadonlyMap<string, readonly Rule[]> {
    return (this.#marks ??= this.#findMarks());
  }

  /** In words, where node ports are taken: `every address`. */
  get nodePortScope(): string {
    return (this.#nodePortScope ??= this.#findNodePortScope());
  }

  /** `earlyVerdicts` of a base chain before its jump to `chain`, worked out once. */
  verdictsBefore(base: string, chain: string): readonly EarlyVerdict[] {
    const key = `${base} ${chain}`;
    let found = this.#verdicts.get(key);
    if (found === undefined) {
      found = earlyVerdicts(this.filter, base, chain);
      this.#verdicts.set(key, found);
    }
    return found;
  }

  /** `firstPacketsOf` a rule of others, worked out once. */
  askedBy(rule: Rule): FirstPackets {
    let found = this.#asked.get(rule);
    if (found === undefined) {
      found = firstPacketsOf(rule, this.family);
      this.#asked.set(rule, found);
    }
    return found;
  }

  /** Whether they are a part of a dump: a chain without rules may have some elsewhere. */
  get isPart(): boolean {
    return partOf(this.ruleset) !== null;
  }

  /** Each `default/web:http` with its healthCheckNodePort. */
  get healthChecks(): readonly (readonly [name: string, port: number])[] {
    const rules = this.filter?.chains.get('KUBE-NODEPORTS')?.rules ?? [];
    return rules.flatMap((rule) => {
      const comment = readServiceComment(commentOf(rule));
      const port = destinationPortOf(rule);
      return comment?.kind === 'healthCheck' && port !== null ? [[comment.name, port] as const] : [];
    });
  }

  #findNodePortScope(): string {
    const scope = nodePortScope(this.nat?.chains.get('KUBE-SERVICES') ?? null);
    return scope === '' && this.isPart ? 'the node’s addresses' : scope;
  }

  #findMarks(): ReadonlyMap<string, readonly Rule[]> {
    const { text } = this.ruleset;
    const found = new Map<string, Rule[]>();
    for (const chain of [...this.dispatches.services, ...this.dispatches.nodePorts]) {
      let index = 0;
      for (const place of placesOf(chain)) {
        const rule = mayMark(place, text) ? ruleEndingAt(chain, index, place.end) : undefined;
        index++;
        const read = rule === undefined ? null : readDispatchRule(rule, text);
        if (rule === undefined || read?.target !== 'KUBE-MARK-MASQ') continue;
        const address = chain.name === 'KUBE-NODEPORTS' ? null : read.address;
        push(found, placeKey(address, read.port, read.protocol), rule);
      }
    }
    return found;
  }
}

function push(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [rule]);
  else known.push(rule);
}

/** The rules that lead to KUBE-NODEPORTS say at which addresses node ports are taken. */
function nodePortScope(services: Chain | null): string {
  const scopes: string[] = [];
  for (const rule of services?.rules.slice(-MAX_NODE_PORT_JUMPS) ?? []) {
    if (targetNameOf(rule) === 'KUBE-NODEPORTS') scopes.push(scopeOf(rule));
  }
  return [...new Set(scopes)].join(', ');
}

/** kube-proxy puts one such rule per address of `--nodeport-addresses` at the end of KUBE-SERVICES. */
const MAX_NODE_PORT_JUMPS = 64;

function scopeOf(rule: Rule): string {
  const option = generalOption(rule, '-d');
  const address = valueOf(option);
  if (option === null || address === null) return 'every address';
  const host = hostWords(address);
  return option.negation === null ? host : `every address but ${host}`;
}
