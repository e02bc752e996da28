/** Rules that no packet can match: others take all of theirs, or none of what is led to their chain is what they ask for. */
import { endsWalk } from '../../../rules/iptables/covers.ts';
import { isStateful } from '../../../rules/iptables/meaning.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Chain, Rule, Table } from '../../../rules/iptables/nodes.ts';
import { type DeadRule, type Placed, walkTable } from '../../../rules/iptables/reach/walk.ts';
import { Takers } from '../../../rules/iptables/takers.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import { readServiceComment } from '../../modes/iptables/comments.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import { roleOf } from '../../modes/iptables/roles.ts';
import { either } from '../../narrative/words.ts';
import { isWrittenByOwner } from '../../owners.ts';
import { unreachedChains } from '../../references.ts';
import { tablesOf } from '../../rulesets.ts';
import { commentOf, targetNameOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { hostPortTaken } from './hostPortTaken.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { translationsBefore } from './translations.ts';

/**
 * One finding a rule, of chains that are not kube-proxy's or the kubelet's: those write what they need. Chains that no rule leads to
 * are told as such. `before`: what names a rule already is left out.
 */
export function* neverMatches(subject: RulesSubject, before: readonly Finding[]): Steps<readonly Finding[]> {
  const named = placesOf(before);
  const found: Finding[] = [];
  for (const table of tablesOf(subject.ruleset)) {
    const dead = yield* deadIn(subject, table);
    append(
      found,
      dead
        .filter((each) => !named.has(each.rule.start) && !isWrittenSo(each))
        .map((each) => findingOf(subject, each)),
    );
  }
  return found;
}

/** A program's own chain that holds a rule of each kind, whether or not what the program leads there can be like that: so Docker keeps its one network from itself. */
function isWrittenSo({ chain, takers }: DeadRule): boolean {
  return takers.length === 0 && isWrittenByOwner(chain.table, chain.name);
}

/** By the ways that packets go through the table; in chains that are too long for that, and where nothing leads, by pairs of a chain. */
function* deadIn(subject: RulesSubject, table: Table): Steps<readonly DeadRule[]> {
  // Of a hundred thousand chains most have a role: each is asked once, and by its name only where that is not known.
  const { regular } = regularChains(subject.ruleset, table);
  const foreign = [...table.chains.values()].filter(
    (chain) => !regular.has(chain) && roleOf(table.name, chain.name) === null,
  );
  const open = foreign.filter((chain) => !isLong(chain));
  const opened = new Set(open);
  const before =
    table.name === 'filter'
      ? translationsBefore(
          subject,
          open.flatMap(({ rules }) => rules),
        )
      : undefined;
  const walked = yield* walkTable(table, subject.family, {
    isClosed: (chain) => !opened.has(chain),
    ...(before === undefined ? {} : { before }),
  });
  const dead = [...(walked?.dead ?? [])];
  const left = foreign.filter((chain) => chain.rules.length > 1 && walked?.chains.has(chain) !== true);
  const unreached = new Set(
    subject.isPart || left.length === 0 ? [] : unreachedChains(subject.ruleset, table),
  );
  for (const chain of left) {
    if (unreached.has(chain)) continue;
    append(dead, yield* deadByPairs(chain));
    yield;
  }
  return [...groupBy(dead, ({ chain }) => chain).values()].flatMap((each) => each.slice(0, MOST_DEAD));
}

/** kube-proxy and the kubelet write what they need; a chain of very many rules makes too many sets of packets. */
function isClosed(chain: Chain): boolean {
  return roleOf(chain.table, chain.name) !== null || isLong(chain);
}

function isLong({ rules }: Chain): boolean {
  return rules.length > LONG;
}

const LONG = 300;

/** The starts of rules of which it is told that they stand there twice, or are passed by. */
function placesOf(findings: readonly Finding[]): ReadonlySet<number> {
  const told = findings.filter(({ code }) => code === 'duplicate-rule' || code === 'published-port-bypass');
  return new Set(
    told.flatMap(({ at, related }) =>
      [at, ...related.map((each) => each.at)].flatMap((each) => each?.span.start ?? []),
    ),
  );
}

/** More of one chain are not told of one by one. */
const MOST_DEAD = 20;
const RULES_PER_STEP = 2_000;

function* deadByPairs(chain: Chain): Steps<readonly DeadRule[]> {
  const takers = new Takers();
  const dead: DeadRule[] = [];
  for (const rule of chain.rules) {
    const taker = takers.next(rule, endsWalk(rule) && !isStateful(rule));
    if (taker !== null) dead.push({ chain, rule, takers: [{ chain, rule: taker }] });
    if (dead.length === MOST_DEAD) break;
    if (rule.index % RULES_PER_STEP === RULES_PER_STEP - 1) yield;
  }
  return dead;
}

function findingOf(subject: RulesSubject, dead: DeadRule): Finding {
  const { chain, rule, takers } = dead;
  return ruleFinding({
    code: 'never-matches',
    ...(isOfUse(subject.table(chain.table), rule, takers) ? {} : { severity: 'information' }),
    at: subject.at(chain, rule),
    message:
      hostPortTaken(subject, dead) ??
      `Rule ${rule.index + 1} of ${chain.name} never matches: ${causeOf(chain, takers)}`,
    related: takers.map((each) => ({
      at: subject.at(each.chain, each.rule),
      message: 'This rule takes its packets.',
    })),
  });
}

/** Whether a packet that got to the rule could fare otherwise than it does. Accepted twice is accepted, as by a network plugin and by what it chains. */
function isOfUse(table: Table | null, rule: Rule, takers: readonly Placed[]): boolean {
  const isAccepted = takers.length > 0 && takers.every((each) => targetNameOf(each.rule) === 'ACCEPT');
  return !isAccepted || table?.name !== 'filter' || !onlyAccepts(table, rule, new Set());
}

const DEEPEST = 20;

/** Whether the rule, and all that it leads to, either accepts or does nothing. */
function onlyAccepts(table: Table, { target }: Rule, seen: Set<string>): boolean {
  if (target === null) return true;
  const name = canonicalName(target);
  if (name === 'ACCEPT' || name === 'RETURN' || seen.has(name)) return true;
  const chain = target.definition === null ? table.chains.get(name) : undefined;
  if (chain === undefined || seen.size === DEEPEST || isClosed(chain)) return false;
  seen.add(name);
  return chain.rules.every((each) => onlyAccepts(table, each, seen));
}

function causeOf(chain: Chain, takers: readonly Placed[]): string {
  if (takers.length === 0)
    return `none of the packets that come to ${chain.name} can be what it asks for. Correct what it asks for, or delete it.`;
  const translations = takers.filter((each) => each.chain.table !== chain.table);
  if (translations.length > 0)
    return `${either(translations.map(translationWords), 'and')} ${translations.length === 1 ? 'translates' : 'translate'} its packets before this table is asked. Ask for what they are then: the endpoint’s address and port, or in place of them "-m conntrack --ctorigdst ADDRESS --ctorigdstport PORT".`;
  const named = takers.slice(0, MOST_NAMED).map((each) => `${nameOf(each, chain)}${targetWords(each.rule)}`);
  const names = takers.length > MOST_NAMED ? [...named, 'others'] : named;
  const what =
    takers.length === 1
      ? 'takes every packet that it could see'
      : 'together take every packet that it could see';
  const cure = takers.every((each) => each.chain === chain)
    ? 'Put it before'
    : 'Let its packets get to it before';
  return `${names.length === 1 ? 'rule' : 'rules'} ${either(names, 'and')} ${what}. ${cure} ${takers.length === 1 ? 'that rule' : 'those rules'}, or delete it.`;
}

const MOST_NAMED = 4;

function translationWords({ chain, rule }: Placed): string {
  const service = readServiceComment(commentOf(rule))?.name ?? null;
  return `kube-proxy${service === null ? '' : ` for ${service}`} (rule ${rule.index + 1} of ${chain.name})`;
}

function nameOf({ chain, rule }: Placed, from: Chain): string {
  return chain === from ? `${rule.index + 1}` : `${rule.index + 1} of ${chain.name}`;
}

function targetWords({ target }: Rule): string {
  return target === null ? '' : ` (${canonicalName(target)})`;
}
