import type { Ruleset } from '../../rules/iptables/nodes.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { RulePlace } from '../../kernel/ruleAt.ts';
import type { Span } from '../../text/span.ts';
import { LineIndex } from '../../text/lineIndex.ts';
import type { Analysis } from '../analysis.ts';
import { chainNamed } from '../rulesets.ts';
import type { RuleRef } from '../services/catalog.ts';
import type { NarrativeLocation } from './narrative.ts';
import { nowhere, type OnwardOf } from './onward.ts';
import type { LabelContext } from './ruleLabel.ts';

/** What a telling needs of an analysis. */
export type Subject = Pick<Analysis, 'rulesets' | 'node' | 'catalog' | 'objects'>;

/** What every part of a telling looks at. */
export interface Context extends LabelContext {
  /** The text of the rules. */
  readonly text: string;
  readonly flow: Flow;
  readonly analysis: Subject;
  /** What follows on other nodes. */
  readonly onward: OnwardOf;
  /** Whether these rules have the kubelet's KUBE-MARK-DROP, so that bit 15 means something. */
  readonly dropMark: boolean;
  /** How many rules a chain has. */
  lengthOf(table: string, chain: string): number;
  ruleAt(place: RulePlace): RuleRef | null;
  locate(span: Span): NarrativeLocation;
}

const indexes = new WeakMap<Ruleset, LineIndex>();

/** The context of tracing `flow`; the family's rules must be there, since they were traced. */
export function contextOf(flow: Flow, analysis: Subject, onward: OnwardOf = nowhere): Context {
  const { family } = flow;
  const ruleset = analysis.rulesets[family];
  const text = ruleset?.text ?? '';
  return {
    family,
    text,
    flow,
    analysis,
    onward,
    catalog: analysis.catalog,
    dropMark: chainNamed(ruleset, 'nat', 'KUBE-MARK-DROP') !== null,
    lengthOf: (table, chain) => chainNamed(ruleset, table, chain)?.rules.length ?? 0,
    ruleAt: ({ table, chain, index }) => {
      const rule = chainNamed(ruleset, table, chain)?.rules[index];
      return rule ? { family, table, chain, rule } : null;
    },
    locate: (span) => locate(ruleset ? indexOf(ruleset) : new LineIndex(''), family, span),
  };
}

function indexOf(ruleset: Ruleset): LineIndex {
  const known = indexes.get(ruleset);
  if (known) return known;
  const index = new LineIndex(ruleset.text);
  indexes.set(ruleset, index);
  return index;
}

function locate(index: LineIndex, family: 4 | 6, span: Span): NarrativeLocation {
  const { line, character } = index.positionAt(span.start);
  return { family, line, startCharacter: character, endCharacter: character + span.end - span.start };
}
