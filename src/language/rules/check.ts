import type { ChainDeclaration, Ruleset, Table, Word } from '../../rules/iptables/nodes.ts';
import type { Listing } from '../../rules/iptables/listing/listing.ts';
import { lossesOf } from '../../rules/iptables/listing/losses.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import { CompactRuleset } from '../../rules/iptables/compact/compactRuleset.ts';
import { CompactTable } from '../../rules/iptables/compact/compactTable.ts';
import { partOf } from '../../rules/iptables/parts/part.ts';
import { bytesOf } from '../../text/bytes.ts';
import type { Steps } from '../../values/steps.ts';
import { CompactTableRules } from './compactTableRules.ts';
import { type TableRules, TreeRules } from './tableRules.ts';
import { checkRemoved } from './checkRemoved.ts';
import { checkDeclarations, checkExists, checkTableName } from './checkChains.ts';
import type { Reach } from './checkGraph.ts';
import { cured } from './cures/cured.ts';
import { checkLineForm } from './lineForm.ts';
import { reportPart } from './part.ts';
import { reportPaste } from './pasted.ts';
import { checkHooks, type HookBound } from './placement.ts';
import { Reporter, type SyntaxFinding } from './reporter.ts';
import { reportLineProblems } from './syntaxProblems.ts';
import { scopeOf } from './tableScope.ts';
import { looksAtLines } from './shapes/lineLooks.ts';
import { LineVerdicts } from './shapes/lineVerdicts.ts';
import { type BaseChecks, looksAtAll } from './shapes/ruleLooks.ts';
import { ValueChecks } from './valueChecks.ts';

/**
 * Everything that is wrong in the rules of `source`, in order of the text. An `error` is what iptables-restore or the kernel
 * refuses for the backend that wrote the dump (for both, where the dump names none); never throws. `byShape`: of rules that are
 * alike one is looked at for all, which finds the same.
 */
export function* checkRuleset(
  ruleset: Ruleset,
  source: SourceId,
  byShape = true,
): Steps<readonly SyntaxFinding[]> {
  const reporter = new Reporter(source);
  const part = partOf(ruleset);
  if (ruleset.listing !== null) {
    reportPaste(reporter, ruleset);
    reportListing(reporter, ruleset, ruleset.listing);
    if (part !== null) reportPart(reporter, ruleset, part);
    return reporter.findings;
  }
  const ofLines = ruleset.lineProblems.filter(({ code }) => part === null || code !== 'missing-commit');
  reportLineProblems(reporter, ruleset.text, ofLines);
  checkLineForm(reporter, ruleset);
  reportPaste(reporter, ruleset);
  if (part !== null) reportPart(reporter, ruleset, part);
  const compact = byShape && ruleset instanceof CompactRuleset ? ruleset : null;
  const declarations = compact === null ? declarationsByTable(ruleset) : new Map<Table, ChainDeclaration[]>();
  let whole: Uint8Array | null = null;
  const bytes = (): Uint8Array => (whole ??= compact?.takeBytes() ?? bytesOf(ruleset.text));
  for (const table of ruleset.tables) {
    const given = { ruleset, table, declarations: declarations.get(table) ?? [], byShape, bytes };
    yield* checkTable(given, reporter);
  }
  reporter.findings.sort((a, b) => a.at.span.start - b.at.span.start || a.at.span.end - b.at.span.end);
  return cured(ruleset.text, ruleset.tables, reporter.findings);
}

/** What iptables-restore says of a dump is no question of a listing, which a kernel printed: only what it does not show is told. */
function reportListing(reporter: Reporter, { statements }: Ruleset, listing: Listing): void {
  const first = statements.find(({ kind }) => kind === 'chain' || kind === 'rule') ?? { start: 0, end: 0 };
  reporter.report('listing', first, { losses: lossesOf(listing).map(({ message }) => message) });
}

interface TableChecks {
  readonly ruleset: Ruleset;
  readonly table: Table;
  /** Those of the table, where it is no compact one. */
  readonly declarations: readonly ChainDeclaration[];
  readonly byShape: boolean;
  /** Gives those of the text. */
  readonly bytes: () => Uint8Array;
}

function* checkTable(given: TableChecks, reporter: Reporter): Steps<void> {
  const { ruleset, table, declarations, byShape, bytes } = given;
  const scope = scopeOf(ruleset, table, reporter);
  const { text } = ruleset;
  const bound: HookBound[] = [];
  const withRules = (rules: TableRules): BaseChecks => {
    checkTableName(scope);
    checkDeclarations(scope, text, rules.declarations);
    for (const chain of rules.suspects) checkExists(scope, chain);
    const chainNamed = (word: Word): number => rules.find(word.text);
    return { scope, text, values: new ValueChecks(), chains: rules, chainNamed, bound };
  };
  let reach: Reach;
  if (byShape && ruleset instanceof CompactRuleset && table instanceof CompactTable) {
    const verdicts = ruleset.byLine(LineVerdicts, () => new LineVerdicts(ruleset)).of(table, scope);
    const rules = new CompactTableRules(table, scope, verdicts.chains);
    reach = yield* looksAtLines(withRules(rules), rules, verdicts, bytes);
  } else {
    const rules = new TreeRules(scope, declarations);
    const checks = withRules(rules);
    reach = yield* looksAtAll(checks, rules, byShape ? bytes() : null);
    checkRemoved(checks, rules);
  }
  checkHooks(scope, bound, reach);
}

function declarationsByTable(ruleset: Ruleset): ReadonlyMap<Table, readonly ChainDeclaration[]> {
  const found = new Map<Table, ChainDeclaration[]>();
  let index = 0;
  for (const statement of ruleset.statements) {
    if (statement.kind !== 'chain') continue;
    while (statement.start > (ruleset.tables[index]?.span.end ?? Number.POSITIVE_INFINITY)) index++;
    const table = ruleset.tables[index];
    if (table === undefined || statement.start < table.span.start) continue;
    const list = found.get(table);
    if (list === undefined) found.set(table, [statement]);
    else list.push(statement);
  }
  return found;
}
