/** Where packets come into chains of a part of a dump to which nothing in it jumps. */
import { presume, type Question, question } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { Run } from '../../../kernel/run.ts';
import { type HookName, hookNames } from '../../../kernel/trace.ts';
import type { Chain, Rule, Table } from '../../../rules/iptables/nodes.ts';
import { RuleNode, RuleSource } from '../../../rules/iptables/parsing/ruleNode.ts';
import { type KnownChain, knownChain } from '../../../rules/iptables/parts/knownChains.ts';
import { hooksOf, type TableName } from '../tables.ts';
import { type CompiledRule, compileRule } from './compileRule.ts';
import type { CompiledChain, Program } from './program.ts';

/** A chain that a packet comes to behind the rules of the built-in chain. */
export interface Beginning {
  readonly chain: CompiledChain;
  /** Whether the packet comes to it. */
  admits(packet: Packet, run: Run): boolean;
}

/** More chains of which it is not known who jumps to them, and the packet is taken to come to none of them. */
const MOST_ASKED = 3;

/** The chains that packets come to at a hook behind the built-in chain, those of which it is known first: none of a whole table. */
export function beginningsOf(program: Program, name: TableName, hook: HookName): readonly Beginning[] {
  const found = program.partOfTable(name);
  if (found === null) return [];
  const { table, part } = found;
  const known = part.begins
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((chain) => knownBeginning(program, name, chain, hook) ?? []);
  const others = part.begins.filter(
    (chain) => isOfUnknownOrigin(name, chain) && hooksOfChain(name, table, chain).includes(hook),
  );
  const presumed =
    others.length > MOST_ASKED ? false : others.length === 1 && known.length === 0 ? true : null;
  return [...known, ...others.map((chain) => unknownBeginning(program, name, table, chain, presumed))];
}

/** kube-proxy leads to KUBE-NODEPORTS from the end of KUBE-SERVICES. */
function rank({ name }: Chain): number {
  return name === 'KUBE-NODEPORTS' ? 1 : 0;
}

function knownBeginning(
  program: Program,
  table: TableName,
  { name }: Chain,
  hook: HookName,
): Beginning | null {
  const jumps = knownChain(name)?.tables[table] ?? [];
  const jump = jumps.find(({ from }) => from === hook);
  if (jump === undefined) return null;
  const gate = jump.conditions === '' ? null : gateOf(program, table, hook, `${jump.conditions} -j ${name}`);
  const asked = asking(
    table,
    name,
    jumps.map(({ from }) => from),
    true,
  );
  return {
    chain: program.chain(table, name),
    admits: (packet, run) => (gate === null || gate.failing(packet, run) === null) && run.ask(asked),
  };
}

/** The rule of the built-in chain that is not in the part. */
function gateOf(program: Program, table: TableName, hook: HookName, words: string): CompiledRule {
  const line = `-A ${hook} ${words}`;
  const span = { start: 0, end: line.length };
  const at: RuleAt = { source: program.source, table, chain: hook, index: -1, span };
  return compileRule(new RuleNode(new RuleSource(line), 0, line.length, 0), at, program);
}

function isOfUnknownOrigin(table: TableName, { name }: Chain): boolean {
  const known: KnownChain | null = knownChain(name);
  return known === null || (!known.isHelper && (known.tables[table] ?? []).length === 0);
}

function unknownBeginning(
  program: Program,
  name: TableName,
  table: Table,
  chain: Chain,
  presumed: boolean | null,
): Beginning {
  const asked = asking(name, chain.name, hooksOfChain(name, table, chain), presumed);
  return { chain: program.chain(name, chain.name), admits: (_packet, run) => run.ask(asked) };
}

function asking(table: string, chain: string, hooks: readonly string[], presumed: boolean | null): Question {
  const key = `begins:${table}/${chain}`;
  const claim = `packets come to ${chain} of table ${table}`;
  const start = `Nothing in this part of a dump jumps to ${chain}`;
  const from =
    hooks.length === 1 ? (hooks[0] ?? '') : `${hooks.slice(0, -1).join(', ')} and ${hooks.at(-1) ?? ''}`;
  if (presumed === null)
    return question(
      key,
      'part-begins',
      `${start}: whether packets come to it from ${from} is not known.`,
      claim,
    );
  const message = presumed
    ? `${start}: packets are taken to come to it from ${from} of table ${table}.`
    : `${start}: packets are taken not to come to it.`;
  return presume(presumed, key, 'part-begins', message, claim);
}

/** The hooks from which all rules of the chain, and of those that it leads to, may be reached; all where they contradict. */
function hooksOfChain(name: TableName, table: Table, first: Chain): readonly HookName[] {
  const chains = new Set([first]);
  const known = knownChain(first.name)?.decides ?? null;
  let left = hooksOf(name).filter((hook) => known === null || known.includes(hook));
  // A set takes in what is added while it is gone through.
  for (const chain of chains) {
    for (const rule of chain.rules) {
      const allowed = hooksOfRule(rule);
      left = left.filter((hook) => allowed.includes(hook));
      const next = rule.target === null ? undefined : table.chains.get(rule.target.name.text);
      if (next !== undefined) chains.add(next);
    }
  }
  return left.length === 0 ? hooksOf(name) : left;
}

const comingIn: readonly HookName[] = ['PREROUTING', 'INPUT', 'FORWARD'];
const goingOut: readonly HookName[] = ['FORWARD', 'OUTPUT', 'POSTROUTING'];

function hooksOfRule({ general, matches, target }: Rule): readonly HookName[] {
  const limits: (readonly string[])[] = [];
  for (const { definition } of general) {
    if (definition?.name === '-i') limits.push(comingIn);
    if (definition?.name === '-o') limits.push(goingOut);
  }
  for (const extension of [target?.definition ?? null, ...matches.map(({ definition }) => definition)])
    if (extension?.hooks) limits.push(extension.hooks);
  return hookNames.filter((hook) => limits.every((limit) => limit.includes(hook)));
}
