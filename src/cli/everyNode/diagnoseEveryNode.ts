/** `diagnose --all-nodes`: which nodes have a Service right and which not, each cause once. */
import { diagnosisJson } from '../../agents/json/diagnosisJson.ts';
import { groupBy } from '../../text/groupBy.ts';
import { jsonText } from '../../text/json.ts';
import { finish } from '../../values/steps.ts';
import { diagnosing } from '../../kubeproxy/diagnose/diagnose.ts';
import type { Diagnosis } from '../../kubeproxy/diagnose/diagnosis.ts';
import { stateSigns } from '../../kubeproxy/diagnose/told.ts';
import { wrongSource } from '../../kubeproxy/diagnose/source.ts';
import { subjectNamed } from '../../kubeproxy/diagnose/subject.ts';
import { plural } from '../../kubeproxy/narrative/words.ts';
import { someOf } from '../../kubeproxy/nodes/agreement.ts';
import { notHeard } from '../../kubeproxy/nodes/heard.ts';
import type { ExitCode, Terminal } from '../command.ts';
import type { LiveNodeGiven } from '../given.ts';
import { filesOf } from '../fileOf.ts';
import type { Rules } from '../readRules.ts';
import { plain, wrap } from '../terminal.ts';
import { useEveryNode } from './everyNode.ts';
import { NodeWarnings } from './nodeWarnings.ts';

export interface EveryDiagnosisGiven {
  readonly node: LiveNodeGiven;
  readonly service: string;
  readonly from: string | null;
  readonly isJson: boolean;
}

interface NodeAnswer {
  readonly node: string;
  /** `asked`: it could not be. */
  readonly verdict: Diagnosis['verdict'] | 'asked';
  readonly summary: string;
  readonly heard: readonly string[];
}

/** Exit code 0 where all nodes have it right, 1 where one has not, 2 where that is not known. */
export async function diagnoseEveryNode(given: EveryDiagnosisGiven, terminal: Terminal): Promise<ExitCode> {
  const answers: NodeAnswer[] = [];
  const warned = new NodeWarnings();
  const { output } = terminal;
  const take = (answer: NodeAnswer, json: object): void => {
    answers.push(answer);
    if (given.isJson) output.line(jsonText({ node: answer.node, ...json }));
  };
  return useEveryNode(given.node, terminal, {
    answered: (node, rules, { warnings }) => {
      const [answer, json] = answerOf(node, rules, given);
      warned.add(node, warnings);
      take(answer, warnings.length === 0 ? json : { ...json, warnings });
    },
    failed: (node, words) => take({ node, verdict: 'asked', summary: words, heard: [] }, { failure: words }),
    skips: () => false,
    done: ({ nodes, left }) => {
      const lines = [...told(given.service, answers, nodes, left), ...warned.words];
      if (given.isJson)
        output.line(jsonText({ service: given.service, nodes, left, summary: lines[0] ?? '' }));
      else {
        for (const line of lines.flatMap((each) => wrap(plain(each), Math.min(terminal.style.width, 100))))
          output.line(line);
      }
      if (answers.some(({ verdict, heard }) => verdict === 'fails' || heard.length > 0)) return 1;
      return left === 0 && answers.every(({ verdict }) => verdict === 'works') ? 0 : 2;
    },
  });
}

function answerOf(
  node: string,
  rules: Rules,
  { service, from }: EveryDiagnosisGiven,
): readonly [NodeAnswer, object] {
  const reading = subjectNamed(service, rules.analysis);
  const wrong =
    reading.kind === 'wrong' ? reading.message : from === null ? null : wrongSource(from, reading.subject);
  if (reading.kind === 'wrong' || wrong !== null) {
    const summary = wrong ?? '';
    return [
      { node, verdict: 'unknown', summary, heard: [] },
      { verdict: 'unknown', summary },
    ];
  }
  const diagnosis = finish(diagnosing(reading.subject, from));
  const { verdict, summary, findings } = diagnosis;
  return [{ node, verdict, summary, heard: notHeard(findings) }, diagnosisJson(diagnosis, filesOf(rules))];
}

/** First how many have it right, then each cause with its nodes. */
function told(
  service: string,
  answers: readonly NodeAnswer[],
  nodes: number,
  left: number,
): readonly string[] {
  const good = answers.filter(({ verdict, heard }) => verdict === 'works' && heard.length === 0);
  const late = answers.filter(({ heard }) => heard.length > 0);
  const rest = answers.filter((each) => !good.includes(each) && !late.includes(each));
  const first = groupBy(late, ({ heard }) => heard.join(' and '));
  const lateWords = [...first].map(([heard, of]) =>
    of.length === 1 ? `${namesOf(of)} ${heard}` : `of ${namesOf(of)} each ${heard}`,
  );
  const isWhole = good.length === answers.length && left === 0;
  const head = `${isWhole ? stateSigns.ok : stateSigns.fail} ${service}: ${good.length} of ${plural(nodes, 'node')} ${good.length === 1 ? 'has' : 'have'} it right${lateWords.length === 0 ? '' : `; ${lateWords.join('; ')}`}.`;
  return [
    head,
    ...[...first.values()].flatMap(([one]) => (one === undefined ? [] : [`${one.node}: ${one.summary}`])),
    ...[...groupBy(rest, ({ summary }) => summary)].map(
      ([summary, of]) =>
        `${stateSigns[of[0]?.verdict === 'fails' ? 'fail' : 'unknown']} ${namesOf(of)}: ${summary}`,
    ),
    ...(left === 0 ? [] : [`${stateSigns.unknown} ${plural(left, 'node')} not asked any more.`]),
  ];
}

function namesOf(answers: readonly NodeAnswer[]): string {
  return someOf(answers.map(({ node }) => node).toSorted());
}
