/** Where matches and targets may stand, by the tables and hooks that the catalogue gives them. */
import type { MatchDefinition, TargetDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Match, Option, Target, Word } from '../../rules/iptables/nodes.ts';
import { orList } from '../../text/orList.ts';
import { listed } from '../words.ts';
import type { Reach } from './checkGraph.ts';
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** Something that only some hooks allow, to be judged when it is known what leads to its chain. */
export interface HookBound {
  readonly chain: string;
  readonly word: Word;
  readonly kind: 'match' | 'target';
  readonly hooks: readonly string[];
  /** Whether nf_tables looks at rules of a built-in chain only: it does not know what leads to another then. */
  readonly directOnly: boolean;
}

/** Checks what depends on the table alone; keeps in `bound` what depends on the hooks. */
export function checkPlacement(
  scope: TableScope,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
  chain: string,
  bound: HookBound[],
): void {
  const { tables, hooks } = definition;
  // nf_tables has its own tracing, in every table.
  if (definition.name === 'TRACE' && scope.backend === 'nf_tables') return;
  const kind = extension.kind === 'match' ? 'match' : 'target';
  if (tables !== null && !tables.includes(scope.table.name)) {
    const where = `table ${scope.table.name}`;
    report(scope, kind, extension.name, where, `Use it in table ${orList(tables)}.`);
  } else if (hooks !== null) {
    bound.push({ chain, word: extension.name, kind, hooks, directOnly: false });
  }
}

/** `DROP` in table nat, which iptables refuses by name. */
export function checkVerdict(scope: TableScope, target: Target): void {
  if (scope.table.name !== 'nat' || target.name.text !== 'DROP') return;
  const where = 'table nat, which is not meant for filtering';
  report(scope, 'target', target.name, where, 'Drop in table filter.');
}

/** Judges what only some hooks allow; in a chain that nothing leads to the kernel does not look. */
export function checkHooks(scope: TableScope, bound: readonly HookBound[], reach: Reach): void {
  for (const { chain, word, kind, hooks, directOnly } of bound) {
    const wrong = reach.hooksOf(chain).filter((hook) => !hooks.includes(hook));
    if (wrong.length === 0) continue;
    const direct = scope.builtIn.has(chain);
    const where = direct ? `${chain} of table ${scope.table.name}` : `a chain that ${listed(wrong)} leads to`;
    const severity = directOnly && !direct ? refusedOnlyBy(scope, 'legacy') : 'error';
    report(scope, kind, word, where, `It works for packets of ${listed(hooks)} only.`, severity);
  }
}

function report(
  { reporter, table }: TableScope,
  kind: HookBound['kind'],
  word: Word,
  where: string,
  cure: string,
  severity: Severity = 'error',
): void {
  const at = { where, cure };
  if (kind === 'match') reporter.report('match-not-allowed', word, { match: word.text, ...at }, { severity });
  else
    reporter.report(
      'target-not-allowed',
      word,
      { table: table.name, target: word.text, ...at },
      { severity },
    );
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
