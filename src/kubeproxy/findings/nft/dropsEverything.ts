/** A native base chain that drops or rejects all packets, by a rule without a condition or by its policy. */
import { lookup } from '../../../text/lookup.ts';
import { priorityNumber } from '../../../rules/nftables/catalogue/priorities.ts';
import { chainsOf, type PlacedChain } from '../../../rules/nftables/chains.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Rule, Statement } from '../../../rules/nftables/statements.ts';
import { chainsFrom, targetOf } from '../../../rules/nftables/ways.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { chainWords, type NftSubject } from './subject.ts';
import { endOf, endsAll } from './terminal.ts';

const HOOKS: ReadonlySet<string> = new Set(['prerouting', 'input', 'forward', 'output', 'postrouting']);
const FAMILIES: ReadonlySet<string> = new Set(['ip', 'ip6', 'inet']);

/** Where kube-proxy works on the node. */
export function dropsEverything(subject: NftSubject): readonly Finding[] {
  const { mode } = subject.parts;
  if (mode[4].mode === null && mode[6].mode === null) return [];
  const dormant = new Set(
    subject.ruleset.tables
      .filter(({ flags }) => flags.includes('dormant'))
      .map(({ family, name }) => `${family} ${name.text}`),
  );
  return [...chainsOf(subject.ruleset)].flatMap(([table, chains]) =>
    dormant.has(table) ? [] : [...chains.values()].flatMap((chain) => found(subject, chain)),
  );
}

function found(subject: NftSubject, chain: PlacedChain): readonly Finding[] {
  const { base, family, name } = chain;
  if (base === null || !HOOKS.has(base.hook.text) || !FAMILIES.has(family)) return [];
  const end = endOfChain(subject, chain, 0);
  if (end === 'passes') return [];
  const where = `hook ${base.hook.text}, priority ${priorityNumber(family, base.priority) ?? '?'}`;
  if (end === 'goes on')
    return chain.policy === 'drop' && isWhole(subject)
      ? [
          ruleFinding({
            code: 'drops-everything',
            at: subject.declarationOf(chain),
            message: `The policy of ${chainWords(chain)} (${where}) is drop, and no rule of it accepts anything: ${consequence[base.hook.text] ?? ''}. What another table accepts does not help: a packet has to get through every base chain. Accept what is to get through, or set the policy to accept.`,
          }),
        ]
      : [];
  const verb = endOf(end.rule) === 'reject' ? 'rejects' : 'drops';
  return [
    ruleFinding({
      code: 'drops-everything',
      at: subject.atRule(end.chain, end.index),
      message: `Rule ${end.index + 1} of ${chainWords(end.chain)} has no condition, and nothing before it accepts anything, so ${end.chain === chain ? `the chain (${where})` : `${name} (${where})`} ${verb} every packet: ${consequence[base.hook.text] ?? ''}. Delete it, or put before it what is to get through.`,
    }),
  ];
}

const consequence: Readonly<Record<string, string>> = lookup({
  prerouting: 'nothing that comes in gets any further',
  input: 'the node answers nobody, its kubelet neither',
  forward: 'no pod reaches another node, nor the outside, and nobody reaches pods through this node',
  output: 'the node reaches nobody',
  postrouting: 'nothing leaves the node',
});

function isWhole({ ruleset }: NftSubject): boolean {
  return ruleset.commands.length === 0 && ruleset.problems.length === 0;
}

/** The rule that ends all packets, whether some may get through, or that all come to the end of the chain. */
type ChainEnd =
  'passes' | 'goes on' | { readonly chain: PlacedChain; readonly index: number; readonly rule: Rule };

const DEEPEST = 8;
/** After these a packet meets the next rule, or ends. */
const PLAIN: ReadonlySet<Statement['kind']> = new Set([
  'match',
  'counter',
  'log',
  'last',
  'limit',
  'quota',
  'ct count',
  'set',
  'notrack',
  'reject',
]);

function endOfChain(subject: NftSubject, chain: PlacedChain, depth: number): ChainEnd {
  for (const [index, rule] of chain.rules.entries()) {
    const end = endOf(rule);
    if ((end === 'drop' || end === 'reject') && endsAll(rule, chain.family)) return { chain, index, rule };
    if (mayAccept(subject, chain, rule)) return 'passes';
    const target = targetOf(subject.ruleset, chain, rule, index);
    if (target === null) continue;
    if (depth === DEEPEST || mayAcceptBehind(subject, target)) return 'passes';
    if (rule.statements.slice(0, -1).some(({ kind }) => kind !== 'counter')) continue;
    const inner = endOfChain(subject, target, depth + 1);
    if (inner !== 'goes on') return inner;
    if (end === 'goto') return 'goes on';
  }
  return 'goes on';
}

/** Of those that hang on one rule so many are looked at. */
const MOST_CHAINS = 200;

function mayAcceptBehind(subject: NftSubject, target: PlacedChain): boolean {
  let looked = 0;
  for (const chain of chainsFrom(subject.ruleset, [target]))
    if (++looked > MOST_CHAINS || chain.rules.some((rule) => mayAccept(subject, chain, rule))) return true;
  return false;
}

/** Whether some packet may leave the base chain by this rule alone, or nobody knows. */
function mayAccept({ ruleset }: NftSubject, chain: PlacedChain, { statements }: Rule): boolean {
  return statements.some((each) => {
    if (each.kind === 'verdict') return each.verdict === 'accept' || each.verdict === 'return';
    if (each.kind !== 'vmap') return !PLAIN.has(each.kind);
    const elements =
      each.data.kind === 'set'
        ? each.data.elements
        : (setNamed(ruleset, chain.table, each.data.name)?.elements ?? null);
    return (
      elements === null ||
      elements.some(
        ({ data }) => data?.kind !== 'verdict' || data.verdict === 'accept' || data.verdict === 'return',
      )
    );
  });
}
