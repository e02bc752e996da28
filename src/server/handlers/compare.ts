import type { CancellationToken, Connection } from 'vscode-languageserver';
import { compareNodes } from '../../kubeproxy/compare/compareNodes.ts';
import { normalisedRules } from '../../kubeproxy/compare/normalised.ts';
import { type Section, tellComparison, type ToldChange } from '../../kubeproxy/compare/told.ts';
import type { Comparison, Side } from '../../kubeproxy/compare/change.ts';
import { toCommandLine } from '../../kubeproxy/narrative/toCommandLine.ts';
import { comparisonMarkdown } from '../../language/comparisonMarkdown.ts';
import {
  type CompareAnswer,
  type CompareParams,
  compareRequest,
  normalisedRequest,
  type ShownChange,
  type ShownSection,
} from '../../protocol/comparison.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { answer } from '../answer.ts';
import { answerInTurns } from '../inTurns.ts';
import { readCompareParams } from '../params.ts';
import { rulesNamed } from '../rulesNamed.ts';
import type { Subject, Workspace } from '../workspace.ts';
import { notOpen } from './trace.ts';

/** More are not shown: two nodes that have nothing in common differ in everything. */
const MOST_CHANGES = 2_000;

type States = Readonly<Record<Side, Subject>>;

/** Answers the panel that compares two states of rules. */
export function handleCompare(connection: Connection, workspace: Workspace): void {
  answer(connection, compareRequest, readCompareParams, async (params, token) => {
    const states = await statesOf(workspace, params);
    if (states === null) return { kind: 'unavailable', message: notOpen };
    const comparison = await answerInTurns(
      compareNodes(states.before.analysis, states.after.analysis),
      token,
    );
    return answerOf(comparison, workspace, states, params.beforeText !== null);
  });
  answer(connection, normalisedRequest, readCompareParams, async (params, token) => {
    const states = await statesOf(workspace, params);
    return states === null ? null : normalised(states, token);
  });
}

async function statesOf(workspace: Workspace, params: CompareParams): Promise<States | null> {
  const [before, after] = await Promise.all([
    params.beforeText === null
      ? workspace.subject(params.before)
      : workspace.subjectWith(params.before, params.beforeText),
    workspace.subject(params.after),
  ]);
  return before === null || after === null ? null : { before, after };
}

/** `isGone`: no document shows the state before. */
function answerOf(
  comparison: Comparison,
  workspace: Workspace,
  states: States,
  isGone: boolean,
): CompareAnswer {
  const told = tellComparison(comparison);
  const placeOf = ({ places }: Pick<ToldChange, 'places'>, side: Side): TextLocation | null => {
    const place = places.find((each) => each.side === side);
    if (place === undefined || (side === 'before' && isGone)) return null;
    return workspace.locate(states[side], place.at);
  };
  const sections = shownSections(told.sections, ({ sign, what, words, places }) => {
    const change = { sign, what, words, places };
    return { sign, what, words, before: placeOf(change, 'before'), after: placeOf(change, 'after') };
  });
  const after = rulesNamed(states.after.document.uri);
  const left = count(told.sections) - count(sections);
  const more = left === 0 ? [] : [`${left.toLocaleString('en-US')} more changes are not shown here.`];
  return {
    kind: 'comparison',
    isSame: comparison.changes.length === 0,
    headline: told.headline,
    ways: told.ways.map((way) => ({
      kind: way.kind,
      says: way.says,
      packet: way.packet,
      at: placeOf(way, 'after') ?? placeOf(way, 'before'),
    })),
    sections,
    notes: [...more, ...told.notes],
    markdown: comparisonMarkdown(told, (packet) => (packet === null ? null : toCommandLine(packet, after))),
  };
}

function shownSections(
  sections: readonly Section[],
  shown: (change: ToldChange) => ShownChange,
): readonly ShownSection[] {
  let room = MOST_CHANGES;
  const found: ShownSection[] = [];
  for (const { title, changes } of sections) {
    if (room === 0) break;
    const few = changes.slice(0, room);
    room -= few.length;
    found.push({ title, changes: few.map(shown) });
  }
  return found;
}

function count(sections: readonly { readonly changes: readonly unknown[] }[]): number {
  return sections.reduce((sum, { changes }) => sum + changes.length, 0);
}

async function normalised(
  { before, after }: States,
  token: CancellationToken,
): Promise<{ readonly before: string; readonly after: string }> {
  return {
    before: await answerInTurns(normalisedRules(before.analysis), token),
    after: await answerInTurns(normalisedRules(after.analysis), token),
  };
}
