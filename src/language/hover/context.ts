import type { Rule, Table } from '../../rules/iptables/nodes.ts';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { placeOf } from '../../kubeproxy/modes/iptables/source.ts';
import type { ServicePort } from '../../kubeproxy/services/catalog.ts';
import type { Family } from '../../kernel/flow.ts';
import type { Span } from '../../text/span.ts';
import type { CommandLinks } from '../links.ts';
import type { RulesDocument } from '../rulesDocument.ts';

/** What hovers are made from. */
export interface HoverContext {
  readonly document: RulesDocument;
  readonly analysis: Analysis;
  /** Null where nobody can run commands. */
  readonly links: CommandLinks | null;
}

/** A hover before it is made LSP: Markdown, and what it is about. */
export interface HoverText {
  readonly markdown: string;
  readonly span: Span;
}

/** A rule and where it stands. */
export interface RuleIn {
  readonly table: Table;
  readonly rule: Rule;
  readonly family: Family;
}

/** The Service port that a rule is about; null for a rule of no Service. */
export function portOf(
  { analysis }: Pick<HoverContext, 'analysis'>,
  { table, rule, family }: RuleIn,
): ServicePort | null {
  const source = analysis.sources.followed(family);
  return source && analysis.catalog.ofRule(placeOf(source.id, table.name, rule.chain.text, rule));
}

/** Of which family a table of the document is: that of the rules in which the analysis has it. */
export function familyOf({ analysis }: Pick<HoverContext, 'analysis'>, table: Table): Family {
  return analysis.rulesets[6]?.tables.includes(table) === true ? 6 : 4;
}
