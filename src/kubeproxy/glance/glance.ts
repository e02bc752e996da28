/**
 * A node at a glance: a few lines that a person takes in within seconds, the same in the terminal and in the editor. Plain
 * text; names of Services and chains are input and may hold anything.
 */
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { findingsOfNode } from '../findings/ofNode.ts';
import { causesOf } from '../findings/oneCause.ts';
import type { Finding } from '../findings/finding.ts';
import { plural } from '../narrative/words.ts';
import { replacementOn } from '../mode/replacement.ts';
import { ownNodeName } from '../ownNode.ts';
import { connectionsLine } from './connectionsLine.ts';
import { filterLine } from './filterPolicies.ts';
import { findingsLine, soonFindingsLine } from './foundHere.ts';
import type { GlanceLine } from './line.ts';
import { marksLine } from './markOwners.ts';
import { unknownLine } from './notKnown.ts';
import { ownersLine, ruleOwners } from './ruleOwners.ts';
import { servicesLine } from './servicesHere.ts';

/**
 * Lines that have something to say. `known`: the findings, where they were worked out already; `withLines`: those of single
 * lines are among them. Pauses; a part of a dump is told like a whole one, and the last line says that it is one.
 */
export function* glanceAt(
  analysis: Analysis,
  known: readonly Finding[] | null,
  withLines = false,
): Steps<readonly GlanceLine[]> {
  const findings = known ?? (yield* findingsOfNode(analysis));
  yield;
  return yield* linesOf(analysis, findings, findingsLine([...causesOf(findings).values()], withLines));
}

/** The same lines, before anything is looked for: those that tell what is found do not yet. */
export function glanceBefore(analysis: Analysis): Steps<readonly GlanceLine[]> {
  return linesOf(analysis, [], soonFindingsLine);
}

function* linesOf(
  analysis: Analysis,
  findings: readonly Finding[],
  told: GlanceLine,
): Steps<readonly GlanceLine[]> {
  const owners = yield* ruleOwners(analysis);
  yield;
  const lines = [
    nodeLine(analysis, owners.values()),
    servicesLine(analysis, findings),
    connectionsLine(analysis),
    ownersLine(owners),
    filterLine(analysis),
    marksLine(analysis),
    told,
    unknownLine(analysis),
  ];
  return lines.filter((line) => line !== null);
}

/** Mode, range of releases, backend, families. */
function nodeLine(analysis: Analysis, counts: Iterable<number>): GlanceLine {
  let rules = 0;
  for (const count of counts) rules += count;
  const name = ownNodeName(analysis);
  const replaced = replacementOn(analysis);
  const beside =
    replaced === null
      ? []
      : [`${replaced.name} ${replaced.isSure ? 'does kube-proxy’s work' : 'runs here, too'}`];
  const words = [...(name === null ? [] : [name]), analysis.dump.summary, ...beside, plural(rules, 'rule')];
  return { id: 'node', title: 'Node', words: words.join(' · '), state: replaced === null ? 'ok' : 'info' };
}
