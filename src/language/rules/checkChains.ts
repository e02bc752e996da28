/** Checks of a table's name and of the chains that it declares. */
import type { Chain, ChainDeclaration } from '../../rules/iptables/nodes.ts';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import { standardVerdicts } from '../targets.ts';
import { skippedFrom } from './checkRule.ts';
import { declareChain, removeLine, replaceWith } from './fixes.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** XT_EXTENSION_MAXNAMELEN is 29 with its ending zero (include/uapi/linux/netfilter/x_tables.h). */
export const LONGEST_CHAIN_NAME = 28;

export function checkTableName(scope: TableScope): void {
  const { table, reporter } = scope;
  if (table.start !== null && !builtInChains.has(table.name)) {
    reporter.report('unknown-table', table.start.name, { table: table.name });
  }
}

/** Checks the declarations of one table, which are `declarations` in order of the file. */
export function checkDeclarations(
  scope: TableScope,
  text: string,
  declarations: readonly ChainDeclaration[],
): void {
  const first = new Map<string, ChainDeclaration>();
  for (const declaration of declarations) {
    checkName(scope, declaration);
    checkMade(scope, text, declaration);
    checkPolicy(scope, text, declaration);
    const earlier = first.get(declaration.name.text);
    if (earlier === undefined) first.set(declaration.name.text, declaration);
    else reportDuplicate(scope, text, declaration, earlier);
  }
}

function checkName(scope: TableScope, { name }: ChainDeclaration): void {
  const { reporter, table } = scope;
  const chain = name.text;
  if (byteLength(chain) > LONGEST_CHAIN_NAME) {
    reporter.report('chain-name-too-long', name, { table: table.name, chain });
  }
  if (standardVerdicts.has(chain)) {
    reporter.report('bad-chain-name', name, { chain, why: 'that is a verdict' });
  } else if (chain.startsWith('-') || chain.startsWith('!')) {
    const severity = refusedOnlyBy(scope, 'nf_tables');
    reporter.report(
      'bad-chain-name',
      name,
      { chain, why: `it starts with "${chain.charAt(0)}"` },
      { severity },
    );
  }
}

/** `-N INPUT`: the kernel has it. */
function checkMade({ builtIn, reporter }: TableScope, text: string, declaration: ChainDeclaration): void {
  const { start, name, policy } = declaration;
  if (policy !== null || text.charAt(start) !== '-' || !builtIn.has(name.text)) return;
  const fixes = [{ ...removeLine(text, declaration, 'Remove this line'), preferred: true }];
  const why = 'that is a chain of the kernel, which is there already';
  reporter.report('bad-chain-name', name, { chain: name.text, why }, { fixes });
}

function checkPolicy(scope: TableScope, text: string, { start, name, policy }: ChainDeclaration): void {
  if (policy === null) return;
  // `-P X DROP` is refused where `:X DROP` is not.
  const isCommand = text.charAt(start) === '-';
  const { table, reporter } = scope;
  const details = { table: table.name, chain: name.text };
  if (!scope.builtIn.has(name.text)) {
    if (scope.builtIn.size === 0) return;
    const severity = isCommand ? 'error' : refusedOnlyBy(scope, 'legacy');
    const fixes = [replaceWith(policy, '-', 'Remove the policy')];
    reporter.report('policy-on-user-chain', policy, details, { severity, fixes });
  } else if (policy.text === 'DROP' ? table.name === 'nat' : policy.text !== 'ACCEPT') {
    const fixes = [replaceWith(policy, 'ACCEPT', 'Use policy ACCEPT')];
    const severity = policy.text === 'DROP' && !isCommand ? 'warning' : 'error';
    reporter.report('bad-policy', policy, { ...details, policy: policy.text }, { severity, fixes });
  }
}

function reportDuplicate(
  scope: TableScope,
  text: string,
  declaration: ChainDeclaration,
  earlier: ChainDeclaration,
): void {
  const chain = declaration.name.text;
  // `-N X` is refused where a second `:X` is not.
  const isCommand = text.charAt(declaration.start) === '-';
  const legacy = scope.backend !== 'nf_tables' && !scope.builtIn.has(chain);
  const refusedBy = isCommand ? 'iptables-restore' : legacy ? 'iptables-legacy' : null;
  scope.reporter.report(
    'duplicate-chain',
    declaration.name,
    { table: scope.table.name, chain, refusedBy },
    {
      severity: isCommand ? 'error' : legacy ? refusedOnlyBy(scope, 'legacy') : 'warning',
      related: [{ span: earlier.name, message: `${chain} is declared here first.` }],
      fixes: [removeLine(text, declaration, 'Remove this declaration')],
    },
  );
}

/**
 * Reports a chain that has rules but does not exist by then, once, at its first rule. A declaration that stands below
 * comes too late.
 */
export function checkExists(scope: TableScope, chain: Chain): void {
  const first = chain.rules[0];
  if (first === undefined || scope.part !== null || scope.builtIn.size === 0 || scope.builtIn.has(chain.name))
    return;
  if (chain.declaration !== null && chain.declaration.start < first.start) return;
  if (chain.rules.every((rule) => skippedFrom(scope, rule) !== null)) return;
  // `-A -p tcp`: the name is missing.
  const isName = !chain.name.startsWith('-');
  const fix = chain.declaration === null && isName ? declareChain(scope, chain.name) : null;
  scope.reporter.report(
    'undeclared-chain',
    first.chain,
    {
      table: scope.table.name,
      chain: chain.name,
      what: 'this rule',
      more: chain.rules.length - 1,
    },
    { severity: scope.complete ? 'error' : 'warning', fixes: fix === null ? [] : [fix] },
  );
}

/** The length in UTF-8, in which the kernel counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
