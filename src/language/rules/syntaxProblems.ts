/** Turns what the parser found into problems with words and cures. */
import type { MatchDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { matchDefinitions } from '../../rules/iptables/catalogue/matches.ts';
import type { Option, Rule } from '../../rules/iptables/nodes.ts';
import { abbreviated } from '../../rules/iptables/parsing/abbreviations.ts';
import type { SyntaxProblem } from '../../rules/iptables/problems.ts';
import { groupBy } from '../../text/groupBy.ts';
import { listed } from '../words.ts';
import { insertBefore, removeLine, replaceWith } from './fixes.ts';
import { protocolOf, reportProtocolNeeded } from './protocolNeeded.ts';
import type { Reporter } from './reporter.ts';
import type { TableScope } from './tableScope.ts';

/** Reports the problems of lines, outside of rules. */
export function reportLineProblems(
  reporter: Reporter,
  text: string,
  problems: readonly SyntaxProblem[],
): void {
  const groups = groupBy(problems, (problem) => isWithinLine(text, problem));
  for (const problem of groups.get(false) ?? []) reportLineProblem(reporter, text, problem);
  reportCounters(reporter, groups.get(true) ?? []);
}

function reportLineProblem(reporter: Reporter, text: string, problem: SyntaxProblem): void {
  const { code, detail } = problem;
  switch (code) {
    case 'missing-commit':
      reporter.report(code, problem, { table: detail });
      break;
    case 'outside-table':
      reporter.report(code, problem, { word: detail });
      break;
    case 'not-rules':
      reporter.report(code, problem, { what: detail });
      break;
    case 'cannot-edit': {
      const fixes = [removeLine(text, problem, 'Remove this line')];
      const reason = `This line cannot be carried out: ${detail}`;
      reporter.report('bad-line', problem, { reason }, { fixes });
      break;
    }
    case 'bad-line':
    case 'unterminated-quote':
    case 'unknown-option':
    case 'missing-value':
    case 'second-command':
    case 'table-option':
    case 'bad-counters': {
      const fixes = [removeLine(text, problem, 'Remove this line')];
      reporter.report('bad-line', problem, { reason: '' }, { fixes });
      break;
    }
  }
}

/** Of declarations that are understood but for what stands behind their policies: the same words once, with one cure for all. */
function reportCounters(reporter: Reporter, problems: readonly SyntaxProblem[]): void {
  for (const [counters, same] of groupBy(problems, ({ detail }) => detail)) {
    const [first] = same;
    if (first === undefined) continue;
    const changes = same.map(({ start, end }) => ({ span: { start, end }, newText: '[0:0]' }));
    const fixes = [{ title: 'Write [0:0]', changes, preferred: true, certain: false }];
    reporter.report('bad-counters', first, { counters, more: same.length - 1 }, { fixes });
  }
}

function isWithinLine(text: string, { code, start }: SyntaxProblem): boolean {
  if (code !== 'bad-line' && code !== 'bad-counters') return false;
  const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
  return /[^\s][^\n\r]*$/.test(before);
}

/** A chain's name and policy, with blanks, are shorter. */
const MOST_BEFORE = 200;

/** Reports a problem within a rule's line. */
export function reportRuleProblem(scope: TableScope, rule: Rule, problem: SyntaxProblem): void {
  const { reporter } = scope;
  switch (problem.code) {
    case 'unterminated-quote': {
      const severity = isFreeText(rule, problem) ? 'warning' : 'error';
      reporter.report(problem.code, problem, null, { severity });
      break;
    }
    case 'missing-value':
      reporter.report(problem.code, problem, { option: problem.detail, cure: secondValue(rule, problem) });
      break;
    case 'unknown-option':
      reportUnknownOption(scope, rule, problem);
      break;
    case 'bad-counters':
      reporter.report(problem.code, problem, { counters: problem.detail, more: 0 });
      break;
    case 'second-command': {
      const [option = '', other = ''] = problem.detail.split(' ');
      reporter.report('conflicting-options', problem, { option, other, name: 'line' });
      break;
    }
    case 'table-option':
      if (scope.table.start !== null) {
        const hint = 'The table is the one whose "*" line stands above: remove it.';
        const fixes = [replaceWith(problem, '', 'Remove the option')];
        reporter.report('unknown-option', problem, { option: problem.detail, hint }, { fixes });
      }
      break;
    case 'bad-line':
    case 'outside-table':
    case 'missing-commit':
    case 'not-rules':
    case 'cannot-edit':
      reporter.report('bad-line', problem, { reason: '' });
      break;
  }
}

/** What to write behind the one of two values that is there; null where there is none. */
function secondValue(rule: Rule, { start }: SyntaxProblem): string | null {
  const option = optionsOf(rule).find(({ name }) => name.start === start);
  const [first] = option?.values ?? [];
  if (option === undefined || first === undefined || option.definition === null) return null;
  const { kind } = option.definition;
  if (kind === 'tcpFlags')
    return `Write the flags to look at, then those of them that are set: "${first.text} SYN", say.`;
  return kind === 'setMatch' ? `Write "${first.text} src" or "${first.text} dst".` : 'Add the other one.';
}

function optionsOf(rule: Rule): readonly Option[] {
  return [
    ...rule.general,
    ...rule.matches.flatMap((match) => match.options),
    ...(rule.target?.options ?? []),
  ];
}

/** IFNAMSIZ is 16 with its ending zero. */
const LONGEST_INTERFACE = 15;

/**
 * Whether the words are a value that may hold the line ending too, which an open quote takes with it: any text but the
 * prefix of a log, and the name of an interface that has room for it.
 */
function isFreeText(rule: Rule, { start }: SyntaxProblem): boolean {
  const option = optionsOf(rule).find(({ values }) => values.some((value) => value.start === start));
  const kind = option?.definition?.kind;
  if (option === undefined) return false;
  if (kind === 'interface') return (option.values[0]?.text.length ?? 0) < LONGEST_INTERFACE;
  if (option.definition?.name.endsWith('-prefix') === true) return false;
  return kind === undefined || kind === 'text' || kind === 'word';
}

function reportUnknownOption(scope: TableScope, rule: Rule, problem: SyntaxProblem): void {
  const option = rule.unknown.find(
    (each) => each.name.start === problem.start || each.start === problem.start,
  );
  const name = option?.name.text ?? problem.detail;
  const owners = matchesKnowing(name);
  const protocol = protocolOf(rule);
  const ofProtocols = owners.filter((match) => match.protocols?.includes(match.name) === true);
  if (option !== undefined && protocol === null && ofProtocols.length > 0) {
    reportProtocolNeeded(
      scope,
      option,
      ofProtocols.map((match) => match.name),
      null,
    );
    return;
  }
  const hint = option === undefined ? '' : hintFor(rule, option, owners);
  const span = option?.name ?? problem;
  const [first] = owners;
  const fixes =
    option === undefined || first === undefined || ofProtocols.length > 0
      ? []
      : [
          {
            ...insertBefore(option, `-m ${first.name}`, `Load match ${first.name}`),
            certain: owners.length === 1,
          },
        ];
  scope.reporter.report('unknown-option', span, { option: name, hint }, { fixes });
}

function hintFor(rule: Rule, option: Option, owners: readonly MatchDefinition[]): string {
  const { text } = option.name;
  const builtIn = abbreviated(text, [])?.option.name;
  if ((builtIn === '-j' || builtIn === '-g') && rule.target !== null) {
    return 'A rule has one target only: remove one of the two.';
  }
  if (!text.startsWith('-'))
    return 'It stands where an option should be: remove it, or quote the value before it.';
  if (owners.length === 0) return '';
  const protocols = owners.flatMap((match) =>
    match.protocols?.includes(match.name) === true ? [match.name] : [],
  );
  const has = protocolOf(rule);
  if (protocols.length === owners.length && has !== null)
    return `It goes with ${listed(
      protocols.map((name) => `-p ${name}`),
      3,
    )}, and this rule has "-p ${has.word.text}": change one of the two.`;
  const names = owners.map((match) => `-m ${match.name}`);
  return `It belongs to ${listed(names, 3)}: put that before it.`;
}

const knowing = new Map<string, readonly MatchDefinition[]>();

/** The matches that have an option of this name. */
function matchesKnowing(option: string): readonly MatchDefinition[] {
  let found = knowing.get(option);
  if (found === undefined) {
    found = matchDefinitions.filter((match) => abbreviated(option, [match])?.owner === match);
    knowing.set(option, found);
  }
  return found;
}
