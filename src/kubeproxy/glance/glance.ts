/**
 * A node at a glance: a few lines that a person takes in within seconds, the same in the terminal and in the editor. Plain
 * text; names of Services and chains are input and may hold anything.
 */
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { findingsOfNode } from '../findings/ofNode.ts';
import type { Finding } from '../findings/finding.ts';
import { plural } from '../narrative/words.ts';
import { ownNodeName } from '../ownNode.ts';
import { filterLine } from './filterPolicies.ts';
import { findingsLine } from './foundHere.ts';
import type { GlanceLine } from './line.ts';
import { marksLine } from './markOwners.ts';
import { unknownLine } from './notKnown.ts';
import { ownersLine, ruleOwners } from './ruleOwners.ts';
import { servicesLine } from './servicesHere.ts';

/**
 * Lines that have something to say. `known`: the findings, where they were worked out already. Pauses; a part of a dump is
 * told like a whole one, and the last line says that it is one.
 */
export function* glanceAt(
  analysis: Analysis,
  known: readonly Finding[] | null,
): Steps<readonly GlanceLine[]> {
  const owners = yield* ruleOwners(analysis);
  yield;
  const findings = known ?? (yield* findingsOfNode(analysis));
  yield;
  const lines = [
    nodeLine(analysis, owners.values()),
    servicesLine(analysis, findings),
    ownersLine(owners),
    filterLine(analysis),
    marksLine(analysis),
    findingsLine(findings),
    unknownLine(analysis),
  ];
  return lines.filter((line) => line !== null);
}

/** Mode, range of releases, backend, families. */
function nodeLine(analysis: Analysis, counts: Iterable<number>): GlanceLine {
  let rules = 0;
  for (const count of counts) rules += count;
  const name = ownNodeName(analysis);
  const words = [...(name === null ? [] : [name]), analysis.dump.summary, plural(rules, 'rule')];
  return { id: 'node', title: 'Node', words: words.join(' · '), state: 'ok' };
}
