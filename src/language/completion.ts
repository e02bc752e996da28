import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver-types';
import { matchDefinitions } from '../rules/iptables/catalogue/matches.ts';
import { builtInOptions } from '../rules/iptables/catalogue/options.ts';
import { targetDefinitions } from '../rules/iptables/catalogue/targets.ts';
import type { OptionDefinition } from '../rules/iptables/catalogue/definitions.ts';
import type { Rule, Table } from '../rules/iptables/nodes.ts';
import { builtInChains } from './chains.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** More chains than anybody reads through; typing narrows them down. */
const MOST_CHAINS = 2_000;

/** What may stand at `offset`: a chain after `-A`, a target or chain after `-j`, a match after `-m`, else an option. */
export function completionsAt(document: RulesDocument, offset: number): CompletionItem[] {
  const table = document.tableAt(offset);
  const lineStart = document.offsetAt({ line: document.lines.positionAt(offset).line, character: 0 });
  const before = document.ruleset.text.slice(lineStart, offset);
  if (table === null) return lineWords(before);
  // `-A KUBE-`, `-g `
  const [, option] = /(?:^|\s)(-[Ajgm]|--(?:append|jump|goto|match))\s+[^\s"]*$/.exec(before) ?? [];
  switch (option) {
    case undefined:
      return optionItems(document, offset, before);
    case '-A':
    case '--append':
      return chainItems(table, true);
    case '-g':
    case '--goto':
      return chainItems(table, false);
    case '-m':
    case '--match':
      return matchDefinitions
        .filter(({ families }) => table.family === null || families.includes(table.family))
        .map(({ name, doc }) => ({ label: name, kind: CompletionItemKind.Module, detail: doc }));
    default:
      return [...targetItems(table), ...chainItems(table, false)];
  }
}

/** At the beginning of a line outside of tables. */
function lineWords(before: string): CompletionItem[] {
  if (!/^\*?\w*$/.test(before)) return [];
  return [...builtInChains.keys()].map((name) => ({ label: `*${name}`, kind: CompletionItemKind.Module }));
}

function targetItems(table: Table): CompletionItem[] {
  return targetDefinitions
    .filter(({ tables, families }) => {
      const here = tables === null || tables.includes(table.name);
      return here && (table.family === null || families.includes(table.family));
    })
    .map(({ name, doc }) => ({ label: name, kind: CompletionItemKind.Keyword, detail: doc }));
}

function chainItems(table: Table, withBuiltIn: boolean): CompletionItem[] {
  const builtIn = builtInChains.get(table.name) ?? new Set<string>();
  const own = [...table.chains.keys()].filter((name) => !builtIn.has(name)).slice(0, MOST_CHAINS);
  return [...(withBuiltIn ? builtIn : []), ...own].map((label) => ({
    label,
    kind: CompletionItemKind.Function,
  }));
}

/** Options of what the rule has loaded, then those that need nothing; none while a value is being typed. */
function optionItems(document: RulesDocument, offset: number, before: string): CompletionItem[] {
  const rule = document.ruleAt(offset);
  if (rule === null || !/\s-{0,2}[\w-]*$/.test(before) || insideQuotes(before)) return [];
  const seen = new Set<string>();
  return [...loadedOptions(rule), ...builtInOptions].flatMap(({ name, doc }) => {
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ label: name, kind: CompletionItemKind.Property, detail: doc }];
  });
}

function loadedOptions(rule: Rule): readonly OptionDefinition[] {
  const matches = rule.matches.flatMap(({ definition }) => definition?.options ?? []);
  return [...matches, ...(rule.target?.definition?.options ?? [])];
}

function insideQuotes(before: string): boolean {
  return (before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}
