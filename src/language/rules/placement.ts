/**
 * Where matches and targets may stand. A target's tables and hooks come from the catalogue; those of the matches are in
 * the kernel's `xt_match.hooks` (net/netfilter/xt_owner.c, xt_rpfilter, xt_socket).
 */
import type { Option, Rule } from '../../iptables/nodes.ts';
import { findTarget } from '../../iptables/catalogue/targets.ts';
import { standardVerdicts } from '../targets.ts';
import { listed } from '../words.ts';
import type { Reach } from './checkGraph.ts';
import type { Reporter } from './reporter.ts';
import type { TableScope } from './tableScope.ts';

const hooksOfMatch: ReadonlyMap<string, readonly string[]> = new Map([
  ['owner', ['OUTPUT', 'POSTROUTING']],
  ['rpfilter', ['PREROUTING']],
  ['socket', ['PREROUTING', 'INPUT']],
]);

const tablesOfMatch: ReadonlyMap<string, readonly string[]> = new Map([['rpfilter', ['raw', 'mangle']]]);

/** A rule with something that only some hooks allow, to be judged when it is known what leads to its chain. */
export interface HookBound {
  readonly rule: Rule;
  readonly chain: string;
  readonly word: { readonly start: number; readonly end: number; readonly text: string };
  readonly kind: 'match' | 'target';
  readonly hooks: readonly string[];
}

/** Checks what depends on the table alone; gives what depends on the hooks. */
export function checkPlacement(scope: TableScope, rule: Rule, chain: string, bound: HookBound[]): void {
  for (const match of rule.matches) {
    const hooks = hooksOfMatch.get(match.name.text);
    if (hooks !== undefined) bound.push({ rule, chain, word: match.name, kind: 'match', hooks });
    const tables = tablesOfMatch.get(match.name.text);
    if (tables !== undefined && !tables.includes(scope.table.name)) {
      scope.reporter.report('match-not-allowed', match.name, {
        match: match.name.text,
        where: `table ${scope.table.name}`,
        cure: `Use it in table ${listed(tables)}.`,
      });
    }
  }
  if (rule.target !== null) checkTarget(scope, rule, chain, bound);
}

function checkTarget(scope: TableScope, rule: Rule, chain: string, bound: HookBound[]): void {
  const { target } = rule;
  if (target === null || target.kind === 'goto') return;
  const { table, reporter } = scope;
  const name = target.name.text;
  if (name === 'DROP' && table.name === 'nat') {
    reporter.report('target-not-allowed', target.name, {
      table: table.name,
      target: name,
      where: 'table nat, which is not meant for filtering',
      cure: 'Drop in table filter.',
    });
    return;
  }
  if (standardVerdicts.has(name) || table.chains.has(name)) return;
  const definition = findTarget(name);
  if (definition === null) return;
  if (definition.tables !== null && !definition.tables.includes(table.name)) {
    reporter.report('target-not-allowed', target.name, {
      table: table.name,
      target: name,
      where: `table ${table.name}`,
      cure: `Use it in table ${listed(definition.tables)}.`,
    });
  } else if (definition.hooks !== null) {
    bound.push({ rule, chain, word: target.name, kind: 'target', hooks: definition.hooks });
  }
}

/** Judges the rules that only some hooks allow; a chain that nothing leads to is never refused for it. */
export function checkHooks(scope: TableScope, bound: readonly HookBound[], reach: Reach): void {
  for (const each of bound) {
    const wrong = reach.hooksOf(each.chain).filter((hook) => !each.hooks.includes(hook));
    if (wrong.length > 0) reportHook(scope.reporter, scope, each, wrong);
  }
}

function reportHook(reporter: Reporter, scope: TableScope, bound: HookBound, wrong: readonly string[]): void {
  const name = bound.word.text;
  const direct = scope.builtIn.has(bound.chain);
  const where = direct
    ? `${bound.chain} of table ${scope.table.name}`
    : `a chain that ${listed(wrong)} leads to`;
  const cure = `It works for packets of ${listed(bound.hooks)} only.`;
  if (bound.kind === 'match') reporter.report('match-not-allowed', bound.word, { match: name, where, cure });
  else
    reporter.report('target-not-allowed', bound.word, { table: scope.table.name, target: name, where, cure });
}

const noInput: ReadonlySet<string> = new Set(['OUTPUT', 'POSTROUTING']);
const noOutput: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT']);

/** `-i` in OUTPUT and POSTROUTING, `-o` in PREROUTING and INPUT: iptables refuses them in the built-in chains by name. */
export function checkInterface(scope: TableScope, chain: string, option: Option, letter: '-i' | '-o'): void {
  if (!(letter === '-i' ? noInput : noOutput).has(chain)) return;
  scope.reporter.report('match-not-allowed', option, {
    match: option.name.text,
    where: `chain ${chain}`,
    cure:
      letter === '-i'
        ? 'A packet there has no interface it came in by: remove it.'
        : 'It is not yet known there where the packet goes out: remove it.',
  });
}
