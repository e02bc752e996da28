/** `diff BEFORE AFTER`: what changed, Services first, whatever order and hashes the rules have. */
import type { Comparison } from '../kubeproxy/compare/change.ts';
import { compareNodes } from '../kubeproxy/compare/compareNodes.ts';
import { tellComparison } from '../kubeproxy/compare/told.ts';
import { comparisonMarkdown } from '../language/comparisonMarkdown.ts';
import { jsonText } from '../text/json.ts';
import { defineCommand, refuse, type ExitCode, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { diffSpec } from './commands.ts';
import { diffJson } from './diffJson.ts';
import { diffText } from './diffText.ts';
import { choiceOf, rulesGiven, type RulesGiven } from './given.ts';
import { readRules, type Rules } from './readRules.ts';
import { tellUnread, useRules } from './useRules.ts';

interface DiffGiven {
  readonly before: string;
  readonly after: RulesGiven;
  readonly format: 'text' | 'json' | 'markdown';
}

export const diffCommand = defineCommand({ spec: diffSpec, read: readWords, run: showDifference });

/** Without AFTER, which a patch or a live node stands in for, the state after is made of BEFORE. */
function readWords(words: Words): DiffGiven {
  const [before = '', after = before] = words.operands;
  return {
    before,
    after: rulesGiven({ ...words, operands: [after] }),
    format: choiceOf(words, 'format', ['text', 'json', 'markdown']),
  };
}

async function showDifference({ before, after, format }: DiffGiven, terminal: Terminal): Promise<ExitCode> {
  const reading = await readRules(before);
  if (reading.kind === 'unreadable') return refuse(terminal, reading.message);
  const old = reading.rules;
  old.warnings.forEach((warning) => terminal.complain(warning));
  return useRules(after, terminal, (now) => {
    tellUnread(old, terminal);
    tellUnread(now, terminal);
    const comparison = compareNodes(old.analysis, now.analysis);
    terminal.output.write(printed(comparison, { before: old, after: now }, format, terminal));
    return comparison.changes.length === 0 ? 0 : 1;
  });
}

function printed(
  comparison: Comparison,
  rules: Readonly<Record<'before' | 'after', Rules>>,
  format: DiffGiven['format'],
  { style }: Terminal,
): string {
  if (format === 'json') return `${jsonText(diffJson(comparison, rules))}\n`;
  const told = tellComparison(comparison);
  return format === 'markdown' ? comparisonMarkdown(told) : diffText(told, style);
}
