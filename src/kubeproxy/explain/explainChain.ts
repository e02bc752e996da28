/** What a chain is for: the hover of the editor and the command line's `explain`. Plain data and plain text. */
import { countOf, passingRules, ruleOf } from '../../rules/iptables/compact/compactTable.ts';
import type { Chain, Rule } from '../../rules/iptables/nodes.ts';
import { partOf } from '../../rules/iptables/parts/part.ts';
import type { Family } from '../../kernel/flow.ts';
import type { SourceId } from '../../kernel/ruleAt.ts';
import type { Analysis } from '../analysis.ts';
import type { Audit } from '../findings/cluster/audit.ts';
import type { ChainOwner, IptablesServices } from '../modes/iptables/iptablesServices.ts';
import { placeOf } from '../modes/iptables/source.ts';
import { explainServiceChain } from './explainServiceChain.ts';
import type { ExplainedReference, Explanation } from './explanation.ts';
import { countWords, plural } from '../narrative/words.ts';
import { guessOwner } from '../owners.ts';
import type { Jump } from '../lineJumps.ts';
import { firstJumpsTo } from '../references.ts';
import { roleOf, type ChainRole } from '../modes/iptables/roles.ts';
import { tableNamed } from '../rulesets.ts';
import { isUnconditional, targetNameOf } from '../words/ruleView.ts';
import { isJump } from '../words/actions.ts';
import { clauseWords } from '../words/clauses.ts';
import { conditionsOf } from '../words/conditions.ts';

/** What the built-in chains see, in netfilter's order. */
const builtIn: ReadonlyMap<string, string> = new Map(
  Object.entries({
    PREROUTING: 'Sees every packet that arrives, before it is routed.',
    INPUT: 'Sees packets that arrive for the node itself.',
    FORWARD: 'Sees packets that the node passes on.',
    OUTPUT: 'Sees packets that the node itself sends.',
    POSTROUTING: 'Sees every packet that leaves, after it is routed.',
  }),
);

const MAX_REFERENCES = 20;

/** Explains a chain, also one that nothing declares: it is then said not to be declared. */
export function explainChain(
  analysis: Pick<Analysis, 'sources' | 'iptables' | 'audit'>,
  table: string,
  chain: string,
  family: Family,
): Explanation {
  const source = analysis.sources.followed(family);
  const ruleset = source?.ruleset ?? null;
  const own = tableNamed(ruleset, table);
  const found = own?.chains.get(chain) ?? null;
  const jumps =
    ruleset === null || own === null
      ? { count: 0, first: [] }
      : firstJumpsTo(ruleset, own, chain, MAX_REFERENCES);
  const plain = {
    ...plainExplanation(table, chain, family, found, jumps.count),
    warnings: warningsOf(chain, table, found, jumps.count, ruleset !== null && partOf(ruleset) !== null),
    references: referencesOf(jumps.first, table, source?.id ?? '', analysis.iptables),
  };
  const owner = table === 'nat' ? analysis.iptables.ofChain(chain, family) : null;
  if (owner === null) return plain;
  const service = explainServiceChain(owner, chain, found, analysis);
  const findings = findingsOf(owner, analysis.audit);
  return { ...plain, ...service, warnings: [...plain.warnings, ...service.warnings, ...findings] };
}

/** More are in the tree. */
const MAX_FINDINGS = 3;

/** Where the rules and the cluster's objects disagree; of an endpoint's chain only what is about the endpoint. */
function findingsOf({ port, endpoint, kind, family }: ChainOwner, audit: Audit): readonly string[] {
  const found = audit.ofPort(port).filter((each) => each.family === family);
  const own = kind === 'sep' ? found.filter((each) => each.endpoint === endpoint) : found;
  const rest = own.length - MAX_FINDINGS;
  const shown = own.slice(0, MAX_FINDINGS).map(({ message }) => message);
  return rest > 0 ? [...shown, `The tree shows ${countWords(rest)} more such differences.`] : shown;
}

function plainExplanation(
  table: string,
  chain: string,
  family: Family,
  found: Chain | null,
  jumps: number,
): Omit<Explanation, 'warnings'> {
  const role = roleOf(table, chain);
  const guess = guessOwner(table, chain);
  return {
    family,
    objects: [],
    title: chain,
    summary: guess?.title ?? '',
    chain,
    table,
    sentences: [...purposeOf(chain, found, role, guess?.about ?? ''), ...countSentence(found)],
    endpoints: [],
    reachedBy: [],
    referenceCount: jumps,
    references: [],
    owner: guess === null ? null : guess.certainty === 'certain' ? guess.name : `${guess.name}, by its name`,
    ending: endingOf(found),
  };
}

function purposeOf(
  chain: string,
  found: Chain | null,
  role: ChainRole | null,
  about: string,
): readonly string[] {
  if (role !== null) return [role.purpose, ...releasesOf(role)];
  const hook = found?.declaration?.policy == null ? undefined : builtIn.get(chain);
  return [hook ?? about].filter((each) => each !== '');
}

/** `In releases from 1.24.`; nothing for a chain of all releases. */
function releasesOf(role: ChainRole): readonly string[] {
  const { since, until } = role;
  if (since === null && until === null) return [];
  if (since === null) return [`In releases up to 1.${until}.`];
  return until === null ? [`In releases from 1.${since}.`] : [`In releases from 1.${since} to 1.${until}.`];
}

function countSentence(found: Chain | null): readonly string[] {
  if (found === null) return [];
  const count = countOf(found);
  return [count === 0 ? 'It has no rules.' : `It has ${plural(count, 'rule')}.`];
}

/** How a packet that no earlier rule took leaves the chain. */
function endingOf(found: Chain | null): string {
  if (found === null) return '';
  const policy = found.declaration?.policy?.text ?? null;
  for (const rule of passingRules(found)) {
    if (isUnconditional(rule) && endsChain(rule))
      return `ends with ${verdictWords(rule)}, in rule ${rule.index + 1}`;
  }
  if (policy === 'ACCEPT' || policy === 'DROP') return `ends with its policy: ${policy}`;
  const tail = ruleOf(found, countOf(found) - 1);
  const back = 'by returning to the rule after the jump';
  if (tail === undefined || !isUnconditional(tail) || !isJump(tail)) return `ends ${back}`;
  return `ends with a jump to ${targetNameOf(tail) ?? ''}, and if that returns, ${back}`;
}

function endsChain(rule: Rule): boolean {
  if (rule.target?.kind === 'goto') return true;
  return ENDING_TARGETS.has(targetNameOf(rule) ?? '');
}

const ENDING_TARGETS: ReadonlySet<string> = new Set([
  'ACCEPT',
  'DROP',
  'REJECT',
  'RETURN',
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
]);

function verdictWords(rule: Rule): string {
  const name = targetNameOf(rule) ?? '';
  return isJump(rule) ? `a goto to ${name}` : name;
}

function warningsOf(
  chain: string,
  table: string,
  found: Chain | null,
  jumps: number,
  isPart: boolean,
): readonly string[] {
  if (isPart) return ['The rules are a part of a dump: what is not in it is not known.'];
  if (found === null) return [`${chain} is not in table ${table}.`];
  if (found.declaration === null) {
    return [`Not declared in table ${table}, so the kernel refuses the whole table.`];
  }
  const leftOver = found.declaration.policy === null && jumps === 0 && countOf(found) > 0;
  return leftOver ? ['No rule leads here: it has no effect.'] : [];
}

function referencesOf(
  jumps: readonly Jump[],
  table: string,
  source: SourceId,
  iptables: IptablesServices,
): readonly ExplainedReference[] {
  return jumps.map(({ from, rule }) => {
    const clauses = conditionsOf(rule, { masqueradeMark: iptables.masqueradeMark })
      .map((clause) => clauseWords(clause))
      .join(', ');
    const words = `${from.name} rule ${rule.index + 1}`;
    return {
      at: placeOf(source, table, from.name, rule),
      text: clauses === '' ? words : `${words}: ${clauses}`,
    };
  });
}
