/**
 * Rules as a text in which two states differ only where the rules do: chains of Services are called by Service and endpoint,
 * not by a hash, and what may stand in any order is sorted. It is for eyes, and no file that can be loaded.
 */
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import type { Chain, Rule, Table } from '../../rules/iptables/nodes.ts';
import { printRule } from '../../rules/iptables/printer.ts';
import { append } from '../../text/lists.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import type { Family } from '../../kernel/flow.ts';
import { families, tablesOf } from '../rulesets.ts';
import type { Source } from '../sources.ts';
import { targetNameOf } from '../words/ruleView.ts';
import { percent } from '../words/percent.ts';
import { isBalancing, portOfRule, sharedNames } from './serviceRules.ts';

/** What is known of one family's rules while they are written. */
interface Writing {
  readonly analysis: Analysis;
  readonly source: Source;
  readonly family: Family;
  /** `svc default/web:http/tcp` of a chain whose name is a hash; of any other its own. */
  readonly nameOf: (chain: string) => string;
}

/** Pauses after each chain. */
export function* normalisedRules(analysis: Analysis): Steps<string> {
  const lines: string[] = [];
  for (const family of families) {
    const source = analysis.sources.followed(family);
    if (source === null) continue;
    const writing = { analysis, source, family, nameOf: sharedNames(analysis, family) };
    for (const table of byName(tablesOf(source.ruleset), ({ name }) => name)) {
      lines.push(`# IPv${family}`, `*${table.name}`);
      for (const chain of chainsOf(table, writing)) {
        for (const line of chainLines(table, chain, writing)) lines.push(line);
        yield;
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function byName<Item>(items: Iterable<Item>, nameOf: (item: Item) => string): readonly Item[] {
  const named = [...items].map((item) => ({ item, name: nameOf(item) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))).map(({ item }) => item);
}

/** The kernel's own first. */
function chainsOf(table: Table, { nameOf }: Writing): readonly Chain[] {
  const own = builtInChains.get(table.name);
  return byName(table.chains.values(), ({ name }) => `${own?.has(name) === true ? 0 : 1} ${nameOf(name)}`);
}

function chainLines(table: Table, chain: Chain, writing: Writing): readonly string[] {
  const policy = chain.declaration?.policy?.text ?? '-';
  const lines = [`:${shown(chain.name, writing)} ${policy}`];
  let stretch: string[] = [];
  for (const rule of chain.rules) {
    const isFree = mayStandAnywhere(table, rule, writing);
    if (!isFree) {
      append(lines, stretch.sort());
      stretch = [];
    }
    (isFree ? stretch : lines).push(ruleLine(rule, writing));
  }
  return [...lines, ...stretch.sort()];
}

/** Among its neighbours of which the same is so: rules of Service ports never take each other's packets. */
function mayStandAnywhere({ name: table }: Table, rule: Rule, { analysis, source }: Writing): boolean {
  if (isBalancing(rule.chain.text, rule)) return true;
  const { index, start, end } = rule;
  const at = { source: source.id, table, chain: rule.chain.text, index, span: { start, end } };
  return !isPortChain(rule) && portOfRule(analysis, at, rule) !== null;
}

/** In the chain of a port itself the order of marks, lists and endpoints counts. */
function isPortChain({ chain }: Rule): boolean {
  return hashed.test(chain.text);
}

/** `KUBE-SVC-LOLE4ISW44XBNF3G` */
const hashed = /^KUBE-[A-Z]+-[A-Z2-7]{16}$/u;
const everyHashed = /\bKUBE-[A-Z]+-[A-Z2-7]{16}\b/gu;

function ruleLine(rule: Rule, writing: Writing): string {
  const text = printRule(rule)
    .replace(/^\[\d+:\d+\] /u, '')
    .replaceAll(everyHashed, (chain) => shown(chain, writing));
  if (!isBalancing(rule.chain.text, rule)) return text;
  const share = shareOf(targetNameOf(rule) ?? '', writing);
  // The threshold of each depends on how many stand behind it.
  return `${text.replace(/ -m statistic --mode random --probability \S+/u, '')}${share}`;
}

function shareOf(chain: string, { analysis, family }: Writing): string {
  const share = analysis.iptables.ofChain(chain, family)?.endpoint?.share ?? null;
  return share === null ? '' : ` # ${percent(share)}`;
}

/** `KUBE-SVC-LOLE4ISW44XBNF3G` → `KUBE-SVC(default/web:http/tcp)` */
function shown(chain: string, { nameOf }: Writing): string {
  const name = nameOf(chain);
  if (name === chain) return chain;
  const prefix = chain.replace(/-[A-Z2-7]{16}$/u, '');
  return `${prefix}(${name.replace(/^\S+ /u, '')})`;
}
