/** Chains and targets: behind `-A`, `-j`, `-g` and in declarations. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import { targetDefinitions } from '../../rules/iptables/catalogue/targets.ts';
import type { Chain, Rule, Table } from '../../rules/iptables/nodes.ts';
import { builtInChains } from '../../rules/iptables/builtInChains.ts';
import type { Candidate } from './candidates.ts';
import type { CompletionRequest, PlaceContext } from './context.ts';
import { kindOfChain } from './habits.ts';
import type { RulePlace } from './place.ts';
import { append } from '../../text/lists.ts';

/** Chains that are looked through for one that nothing leads to, or that has no rules. */
const MOST_LOOKED_AT = 1_000;
/** Chains on the way back to the hooks that are followed. */
const MOST_CALLERS = 2_000;

/** Behind `-A`: the chains of the lines around, the next that are declared, those without rules, all. */
export function chainLists(context: PlaceContext): readonly Iterable<Candidate>[] {
  const { table, line } = context.place;
  const { document } = context.request;
  const around = [...ruleChains(document.statementAt(Math.max(0, line.start - 1)))];
  const after = document.ruleset.text.indexOf('\n', context.request.offset) + 1;
  if (after > 0) append(around, ruleChains(document.statementAt(after)));
  const builtIn = [...(builtInChains.get(table.name) ?? [])];
  return [
    around.map(chainCandidate),
    declaredAfter(context, around),
    looked(context, ({ rules }) => rules.length === 0),
    builtIn.map(chainCandidate),
    all(context),
  ];
}

/** Behind `-j` (`withTargets`) and `-g`. No chain from which the rule's own is reached: the kernel refuses loops. */
export function jumpLists(context: PlaceContext, withTargets: boolean): readonly Iterable<Candidate>[] {
  const callers = callersOf(context);
  const builtIn = builtInChains.get(context.place.table.name);
  const isChain = (name: string): boolean =>
    context.place.table.chains.has(name) && builtIn?.has(name) !== true && !callers.has(name);
  const targets = withTargets ? fittingTargets(context) : new Map<string, Candidate>();
  const named = (names: Iterable<string>): Candidate[] =>
    [...names].flatMap((name) => (isChain(name) ? chainCandidate(name) : (targets.get(name) ?? [])));
  const key = withTargets ? '-j' : '-g';
  return [
    named(linkedChains(context)),
    named(habitual(context, key)),
    filtered(
      looked(context, (chain) => !context.hasWord(chain.name)),
      isChain,
    ),
    filtered(byService(context), isChain),
    targets.values(),
    named(context.habit(null, key)),
    filtered(all(context), isChain),
  ];
}

/** Names behind `:`: chains that rules of the table use, and nobody declares. */
export function declarationList(table: Table): readonly Candidate[] {
  const builtIn = [...(builtInChains.get(table.name) ?? [])];
  const used = [...table.chains.values()]
    .filter(({ declaration }) => declaration === null)
    .map(({ name }) => name);
  return [...new Set([...used, ...builtIn])]
    .filter((name) => table.chains.get(name)?.declaration == null)
    .map(chainCandidate);
}

function* filtered(list: Iterable<Candidate>, fits: (name: string) => boolean): Generator<Candidate> {
  for (const each of list) if (fits(each.text)) yield each;
}

/** What rules of this chain, and of chains like it, end in. */
function habitual(context: PlaceContext, key: string): readonly string[] {
  const here = context.own.flatMap(({ target }) => target?.name.text ?? []);
  const like = context.habit(context.kind, key);
  return like.flatMap((name, index) => [...(here[index] === undefined ? [] : [here[index]]), name]);
}

/** The chains and targets of rules that share a word with the line, and chains that are called like this one. */
function linkedChains(context: PlaceContext): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { chain, rule } of context.linked) {
    if (chain !== context.chain) found.add(chain);
    if (rule.target !== null) found.add(rule.target.name.text);
  }
  for (const name of [context.chain, ...found]) {
    for (const sibling of siblings(context, name)) found.add(sibling);
  }
  found.delete(context.chain);
  return found;
}

/** `KUBE-EXT-X` → `KUBE-SVC-X`, `KUBE-FW-X`: chains of other kinds with the same ending. */
function siblings({ place, request }: PlaceContext, name: string): readonly string[] {
  const ending = name.slice(kindOfChain(name).length);
  if (ending.length < 5) return [];
  return request.habits.kinds.map((kind) => kind + ending).filter((each) => place.table.chains.has(each));
}

/** Every chain from which the rule's own is reached, itself among them. */
function callersOf(context: PlaceContext): ReadonlySet<string> {
  const found = new Set([context.chain]);
  for (const name of found) {
    if (found.size > MOST_CALLERS) break;
    for (const { chain, rule } of context.withWord(name))
      if (rule.target?.name.text === name) found.add(chain);
  }
  return found;
}

function fittingTargets({ place, family, chain }: PlaceContext): ReadonlyMap<string, Candidate> {
  const isBuiltIn = builtInChains.get(place.table.name)?.has(chain) === true;
  const fitting = targetDefinitions.filter(
    ({ tables, families, hooks }) =>
      (tables === null || tables.includes(place.table.name)) &&
      families.includes(family) &&
      (hooks === null || !isBuiltIn || hooks.includes(chain)),
  );
  return new Map(
    fitting.map(({ name, doc }) => [name, { text: name, kind: CompletionItemKind.Keyword, detail: doc }]),
  );
}

function* ruleChains(statement: ReturnType<CompletionRequest['document']['statementAt']>): Generator<string> {
  if (statement?.kind === 'rule') yield statement.chain.text;
}

/** The chains that are declared behind those of the lines around: iptables-save prints rules in this order. */
function* declaredAfter({ request, place }: PlaceContext, around: readonly string[]): Generator<Candidate> {
  const first = place.table.chains.get(around[0] ?? '')?.declaration;
  if (first == null) return;
  const end = Math.min(place.table.span.end, first.end + 2_000);
  for (const statement of request.document.statementsIn({ start: first.end + 2, end })) {
    if (statement.kind === 'chain') yield chainCandidate(statement.name.text);
  }
}

function* looked({ place }: PlaceContext, fits: (chain: Chain) => boolean): Generator<Candidate> {
  let left = MOST_LOOKED_AT;
  for (const chain of place.table.chains.values()) {
    if (left-- === 0) return;
    if (!chain.name.startsWith(place.typed)) continue;
    if (fits(chain) && !isTyped(chain, place)) yield chainCandidate(chain.name);
  }
}

/** Chains of Services whose names hold what is typed. */
function* byService({ request, place, family }: PlaceContext): Generator<Candidate> {
  const wanted = place.typed.toLowerCase();
  if (wanted.length < 2 || place.table.name !== 'nat') return;
  for (const { chain, name, lower, family: own } of request.names.chains) {
    if (own === family && lower.includes(wanted)) yield { ...chainCandidate(chain), names: name };
  }
}

/** The chains that begin with what is typed. */
function all({ place, request }: PlaceContext): Iterable<Candidate> {
  return mapLazily(request.habits.chainsLike(place.table.name, place.typed));
}

function* mapLazily(names: Iterable<string>): Generator<Candidate> {
  for (const name of names) yield chainCandidate(name);
}

/** Whether only the line at the cursor names the chain. */
function isTyped({ declaration, rules }: Chain, { line }: RulePlace): boolean {
  const [only, another]: readonly (Rule | undefined)[] = rules;
  return declaration === null && another === undefined && only?.start === line.start;
}

function chainCandidate(text: string): Candidate {
  return { text, kind: CompletionItemKind.Function };
}
