/** What the findings of rules look at: the rules of one family that a node follows, and what the node has beside them. */
import type { Family } from '../../../kernel/flow.ts';
import type { Node } from '../../../kernel/node/node.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { SnapshotFiles } from '../../../kernel/snapshot.ts';
import type { Coverage } from '../../../kubernetes/coverage.ts';
import type { KubernetesObjects } from '../../../kubernetes/objects.ts';
import type { Chain, Rule, Ruleset, Table } from '../../../rules/iptables/nodes.ts';
import { partOf } from '../../../rules/iptables/parts/part.ts';
import type { DumpDescription } from '../../describeDump.ts';
import type { Jump } from '../../lineJumps.ts';
import { isBuiltIn, isJumpedTo, jumpsTo } from '../../references.ts';
import type { NodeMode } from '../../mode/mode.ts';
import type { OtherRules } from '../../mode/otherRules.ts';
import type { IptablesServices } from '../../modes/iptables/iptablesServices.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { type Shares, sharesOf } from '../../modes/iptables/shares.ts';
import { placeOf } from '../../modes/iptables/source.ts';
import { tableNamed } from '../../rulesets.ts';
import type { Catalog } from '../../services/catalog.ts';
import type { Source, Sources, SourceSpan } from '../../sources.ts';

/** What of a node the findings of rules may ask for, each part worked out when it is first asked for. */
export interface RulesParts {
  readonly files: SnapshotFiles;
  readonly sources: Sources;
  readonly node: Node;
  readonly mode: NodeMode;
  readonly otherRules: OtherRules;
  readonly dump: DumpDescription;
  /** Costs much where there are many Services: asked only by who has a reason to look at one. */
  readonly catalog: Catalog;
  readonly iptables: IptablesServices;
  /** What the cluster calls this node; null where nothing tells. */
  readonly nodeName: string | null;
  readonly objects: KubernetesObjects | null;
  readonly coverage: Coverage;
}

/** Endpoints, of which each has a chain. */
const LARGE = 1_000;

/** One family's rules. */
export class RulesSubject {
  readonly source: Source;
  readonly family: Family;
  readonly parts: RulesParts;

  readonly #shares = new Map<Chain, Shares>();

  constructor(source: Source, family: Family, parts: RulesParts) {
    this.source = source;
    this.family = family;
    this.parts = parts;
  }

  get ruleset(): Ruleset {
    return this.source.ruleset;
  }

  /** Whether a chain, a rule or a table that is not here may be elsewhere: nothing is concluded from an absence then. */
  get isPart(): boolean {
    return (
      partOf(this.ruleset) !== null || this.ruleset.lineProblems.some(({ code }) => code === 'missing-commit')
    );
  }

  /** Whether these are rules of a node on which kube-proxy works. */
  get hasKubeProxy(): boolean {
    return this.chain('filter', 'KUBE-FORWARD') !== null || this.chain('nat', 'KUBE-SERVICES') !== null;
  }

  /** Whether kube-proxy removes its chains late here, since there are very many (`largeClusterEndpointsThreshold`). */
  get isLarge(): boolean {
    const { regular, others } = regularChains(this.ruleset, this.table('nat'));
    return regular.size + others.length > LARGE;
  }

  table(name: string): Table | null {
    return tableNamed(this.ruleset, name);
  }

  chain(table: string, name: string): Chain | null {
    return this.table(table)?.chains.get(name) ?? null;
  }

  /** Of a chain without rules, or without itself, none. */
  rules(table: string, name: string): readonly Rule[] {
    return this.chain(table, name)?.rules ?? [];
  }

  /** `shop/web:http`, whose chain of table nat it is; null where nothing names the Service port. */
  serviceOf(chain: string): string | null {
    const port = this.parts.iptables.ofChain(chain, this.family)?.port ?? null;
    return port === null || port.nameSource === 'structure' ? null : port.name;
  }

  /** How a chain that balances shares; worked out once. */
  sharesOf(chain: Chain): Shares {
    const known = this.#shares.get(chain) ?? sharesOf(chain, this.ruleset.text);
    this.#shares.set(chain, known);
    return known;
  }

  /** Whether a rule of its table jumps there. */
  isJumpedTo({ table, name }: Pick<Chain, 'table' | 'name'>): boolean {
    const own = this.table(table);
    return own !== null && isJumpedTo(this.ruleset, own, name);
  }

  /** The base chains from which packets may get to a chain, itself where it is one. */
  hooksOf(table: string, name: string): readonly string[] {
    const seen = new Set([name]);
    const open = [name];
    const hooks: string[] = [];
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      const chain = this.chain(table, each);
      if (chain !== null && isBuiltIn(chain)) hooks.push(each);
      for (const { from } of this.#jumps(table, each)) {
        if (seen.has(from.name)) continue;
        seen.add(from.name);
        open.push(from.name);
      }
    }
    return hooks;
  }

  /** Whether some base chain leads there. */
  isReached({ table, name }: Pick<Chain, 'table' | 'name'>): boolean {
    return this.hooksOf(table, name).length > 0;
  }

  #jumps(table: string, name: string): readonly Jump[] {
    const own = this.table(table);
    return own === null ? [] : jumpsTo(this.ruleset, own, name);
  }

  at({ table, name }: Pick<Chain, 'table' | 'name'>, rule: Rule): RuleAt {
    return placeOf(this.source.id, table, name, rule);
  }

  /** Where a rule that a chain lacks would be: the chain's declaration, else its first rule; null where it has neither. */
  declarationOf(chain: Chain | null): SourceSpan | null {
    const node = chain?.declaration ?? chain?.rules[0] ?? null;
    return node === null ? null : { source: this.source.id, span: { start: node.start, end: node.end } };
  }
}
