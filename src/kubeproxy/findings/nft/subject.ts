/** What the findings of native tables look at: the tables of a node, and kube-proxy's own among them. */
import type { Node } from '../../../kernel/node/node.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import type { Ruleset } from '../../../rules/nftables/nodes.ts';
import type { NodeMode } from '../../mode/mode.ts';
import type { NftablesEvidence } from '../../modes/nftables/nftablesEvidence.ts';
import { ownerOfChain } from '../../modes/nftables/portDraft.ts';
import type { ProxyTable } from '../../modes/nftables/proxyTable.ts';
import { NFT, type NftSource } from '../../nftSource.ts';
import type { OwnNode } from '../../ownNode.ts';
import { servicePortName } from '../../services/portName.ts';
import type { Sources, SourceSpan } from '../../sources.ts';

/** What of a node these findings may ask for. */
export interface NftParts extends OwnNode {
  readonly sources: Sources;
  readonly node: Node;
  readonly mode: NodeMode;
  readonly modes: { readonly nftables: NftablesEvidence };
}

export class NftSubject {
  readonly source: NftSource;
  readonly parts: NftParts;

  constructor(source: NftSource, parts: NftParts) {
    this.source = source;
    this.parts = parts;
  }

  get ruleset(): Ruleset {
    return this.source.ruleset;
  }

  /** kube-proxy's tables, where they stand there whole: of others nothing is concluded from what is absent. */
  get tables(): readonly ProxyTable[] {
    return this.parts.modes.nftables.tables.filter((table) => isWhole(table));
  }

  /** Nothing is left out, and all is understood: what leads nowhere here leads nowhere. */
  get isWhole(): boolean {
    return this.ruleset.problems.length === 0 && this.ruleset.commands.length === 0;
  }

  at({ table, name }: PlacedChain, index: number, { start, end }: SourceSpan['span']): RuleAt {
    return { source: NFT, table, chain: name, index, span: { start, end } };
  }

  /** A rule of a chain, by its place in it. */
  atRule(chain: PlacedChain, index: number): RuleAt {
    const rule = chain.rules[index];
    if (rule === undefined) throw new RangeError(`no rule ${index} in ${chain.name}`);
    return this.at(chain, index, rule);
  }

  /** The line by which a chain begins. */
  declarationOf({ span: { start, end } }: PlacedChain): SourceSpan {
    const line = this.ruleset.text.indexOf('\n', start);
    return { source: NFT, span: { start, end: line === -1 ? end : Math.min(line, end) } };
  }
}

function isWhole({ chains, ruleset, bases }: ProxyTable): boolean {
  // What is not understood may lead anywhere.
  const isRead = ruleset.problems.length === 0 && ruleset.commands.length === 0;
  return isRead && chains.has('services') && bases.length > 0;
}

/** `shop/web:http`, whose chain it is; null where the name is cut, or the chain is of no Service. */
export function serviceOfChain(chain: Pick<PlacedChain, 'name'>): string | null {
  const name = ownerOfChain(chain)?.name ?? null;
  return name === null ? null : servicePortName(name.namespace, name.service, name.portName);
}

/** `chain services of table ip kube-proxy` */
export function chainWords({ name, table }: Pick<PlacedChain, 'name' | 'table'>): string {
  return `chain ${name} of table ${table}`;
}
