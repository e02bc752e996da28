/** `diff BEFORE AFTER`: what changed, Services first, whatever order and hashes the rules have. */
import type { Comparison } from '../kubeproxy/compare/change.ts';
import { compareNodes } from '../kubeproxy/compare/compareNodes.ts';
import { tellComparison } from '../kubeproxy/compare/told.ts';
import { toCommandLine } from '../kubeproxy/narrative/toCommandLine.ts';
import { type CommandOf, comparisonMarkdown } from '../language/comparisonMarkdown.ts';
import { jsonText } from '../text/json.ts';
import { finish } from '../values/steps.ts';
import { defineCommand, misuse, refuse, type ExitCode, type Misuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { diffSpec } from './commands.ts';
import { diffJson } from '../agents/json/diffJson.ts';
import { filesOf } from './fileOf.ts';
import { diffText } from './diffText.ts';
import { choiceOf, namedBy, rulesGiven, type RulesGiven, valueOf } from './given.ts';
import { readRules, type Rules } from './readRules.ts';
import { tellUnread, useRules } from './useRules.ts';
import { watchNode } from './watchNode.ts';

interface DiffGiven {
  /** Of a live node that is watched, seconds; null for two states. */
  readonly watch: number | null;
  readonly before: string;
  readonly after: RulesGiven;
  readonly format: 'text' | 'json' | 'markdown';
}

export const diffCommand = defineCommand({ spec: diffSpec, read: readWords, run: showDifference });

/** Without AFTER, which a patch or a live node stands in for, the state after is made of BEFORE. */
function readWords(words: Words): DiffGiven | Misuse {
  const [before = '', after = before] = words.operands;
  const given = valueOf(words, 'watch');
  const watch = given === null ? null : Number(given);
  const format = choiceOf(words, 'format', ['text', 'json', 'markdown']);
  if (watch !== null && !(watch > 0 && watch <= MOST_SECONDS))
    return misuse(`--watch takes seconds, up to ${MOST_SECONDS}: --watch 5.`);
  if (watch !== null && !words.live)
    return misuse('--watch is for a live node: say which with --context NAME --node NODE.');
  if (watch !== null && format !== 'text') return misuse('--watch prints text: leave out --format.');
  return {
    watch,
    before,
    after: rulesGiven({ ...words, operands: [after] }),
    format,
  };
}

/** A day. */
const MOST_SECONDS = 86_400;

async function showDifference(
  { watch, before, after, format }: DiffGiven,
  terminal: Terminal,
): Promise<ExitCode> {
  if (watch !== null)
    return useRules(after, terminal, (rules, otherNode, live) =>
      watchNode(rules, { again: otherNode, live, seconds: watch }, terminal),
    );
  const reading = await readRules(before);
  if (reading.kind === 'unreadable') return refuse(terminal, reading.message);
  const old = reading.rules;
  old.warnings.forEach((warning) => terminal.complain(warning));
  return useRules(after, terminal, (now) => {
    tellUnread(old, terminal);
    tellUnread(now, terminal);
    const comparison = finish(compareNodes(old.analysis, now.analysis));
    const commandOf = tracesIn(after);
    terminal.output.write(printed(comparison, { before: old, after: now }, format, commandOf, terminal));
    return comparison.changes.length === 0 ? 0 : 1;
  });
}

/** The command that shows a packet in the state after; null where no rules have the name of that state. */
function tracesIn(after: RulesGiven): CommandOf {
  const isPatched = after.kind === 'path' && after.patches.length > 0;
  return (packet) => (packet === null || isPatched ? null : toCommandLine(packet, namedBy(after)));
}

function printed(
  comparison: Comparison,
  rules: Readonly<Record<'before' | 'after', Rules>>,
  format: DiffGiven['format'],
  commandOf: CommandOf,
  { style }: Terminal,
): string {
  if (format === 'json')
    return `${jsonText(
      diffJson(comparison, {
        before: filesOf(rules.before),
        after: filesOf(rules.after),
      }),
    )}\n`;
  const told = tellComparison(comparison);
  return format === 'markdown' ? comparisonMarkdown(told, commandOf) : diffText(told, commandOf, style);
}
