/** The tools that give what a command's JSON gives, cut to what an agent reads. */
import { compareNodes } from '../../kubeproxy/compare/compareNodes.ts';
import { tellComparison } from '../../kubeproxy/compare/told.ts';
import { diagnosing } from '../../kubeproxy/diagnose/diagnose.ts';
import { wrongSource } from '../../kubeproxy/diagnose/source.ts';
import { subjectNamed } from '../../kubeproxy/diagnose/subject.ts';
import { plural } from '../../kubeproxy/narrative/words.ts';
import type { AgentRules, AgentRulesPair, ToolAnswer } from '../agentRules.ts';
import { chainsOfSources, type Explained, explaining } from '../explained.ts';
import type { ToolInput } from '../input.ts';
import { diagnosisJson } from '../json/diagnosisJson.ts';
import { diffJson } from '../json/diffJson.ts';
import { explainedJson } from '../json/explanationJson.ts';
import { pageOf } from '../page.ts';

export async function explainTool(rules: AgentRules, input: ToolInput): Promise<ToolAnswer> {
  const { analysis, sources, named } = rules;
  const what = await rules.run(
    explaining(input.text('name'), { analysis, chains: chainsOfSources(sources) }),
  );
  if (what.kind === 'nothing') return { kind: 'wrong', message: what.message };
  return { kind: 'answer', data: { summary: summaryOf(what), notes: [], ...explainedJson(what, named) } };
}

function summaryOf(what: Exclude<Explained, { kind: 'nothing' }>): string {
  switch (what.kind) {
    case 'rules':
      return what.rules.map(({ does }) => does).join(' ');
    case 'chains':
      return what.chains.map(({ title, summary }) => `${title} ${summary}`.trim()).join('; ');
    default:
      return `${plural(
        what.tables.reduce((sum, { rows }) => sum + rows.length, 0),
        'use',
      )} of the mark.`;
  }
}

const severities = ['error', 'warning', 'information'];

export async function checkTool(rules: AgentRules, input: ToolInput): Promise<ToolAnswer> {
  const least = severities.indexOf(input.text('severity') === '' ? 'information' : input.text('severity'));
  const found = await rules.problems();
  const all = found
    .filter(({ severity }) => severities.indexOf(severity) <= least)
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const { items, total, notes } = pageOf(all, input);
  const counts = severities.flatMap((severity) => {
    const count = all.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} of severity ${severity}`];
  });
  const summary = total === 0 ? 'Nothing is found.' : `${plural(total, 'problem')}: ${counts.join(', ')}.`;
  return { kind: 'answer', data: { summary, notes, problems: items, total } };
}

export async function diagnoseTool(
  { analysis, fileOf, run }: AgentRules,
  input: ToolInput,
): Promise<ToolAnswer> {
  const reading = subjectNamed(input.text('service'), analysis);
  if (reading.kind === 'wrong') return { kind: 'wrong', message: reading.message };
  const from = input.text('from') === '' ? null : input.text('from');
  const wrong = from === null ? null : wrongSource(from, reading.subject);
  if (wrong !== null) return { kind: 'wrong', message: wrong };
  const diagnosis = await run(diagnosing(reading.subject, from));
  return { kind: 'answer', data: { notes: [], ...diagnosisJson(diagnosis, fileOf) } };
}

/** Worst first: causes for which packets end otherwise. */
const MOST_WAYS = 20;

export async function compareTool({ before, after }: AgentRulesPair, input: ToolInput): Promise<ToolAnswer> {
  const comparison = await after.run(compareNodes(before.analysis, after.analysis));
  const told = tellComparison(comparison);
  const { changes } = diffJson(comparison, { before: before.fileOf, after: after.fileOf });
  const { items, total, notes } = pageOf(changes, input);
  const ways = told.ways.slice(0, MOST_WAYS).map(({ kind, says, packet }) => ({ kind, says, packet }));
  return {
    kind: 'answer',
    data: { summary: told.headline, notes: [...told.notes, ...notes], ways, changes: items, total },
  };
}
