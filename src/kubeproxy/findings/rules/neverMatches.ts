/** Rules behind one of their chain that takes every packet which they could match. */
import { endsWalk } from '../../../rules/iptables/covers.ts';
import { isStateful } from '../../../rules/iptables/meaning.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { Takers } from '../../../rules/iptables/takers.ts';
import type { Steps } from '../../../values/steps.ts';
import { roleOf } from '../../modes/iptables/roles.ts';
import { unreachedChains } from '../../references.ts';
import { tablesOf } from '../../rulesets.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/**
 * One finding a rule, of chains that are not kube-proxy's or the kubelet's: those write what they need. Chains that no rule leads to
 * are told as such. `before`: what names a rule already is left out.
 */
export function* neverMatches(subject: RulesSubject, before: readonly Finding[]): Steps<readonly Finding[]> {
  const named = placesOf(before);
  const found: Finding[] = [];
  for (const table of tablesOf(subject.ruleset)) {
    const unreached = new Set(subject.isPart ? [] : unreachedChains(subject.ruleset, table));
    for (const chain of table.chains.values()) {
      if (chain.rules.length < 2 || unreached.has(chain) || roleOf(table.name, chain.name) !== null) continue;
      for (const { rule, taker } of yield* deadRules(chain)) {
        if (!named.has(rule.start)) found.push(findingOf(subject, chain, rule, taker));
      }
      yield;
    }
  }
  return found;
}

/** The starts of rules of which it is told that they stand there twice, or are passed by. */
function placesOf(findings: readonly Finding[]): ReadonlySet<number> {
  const told = findings.filter(({ code }) => code === 'duplicate-rule' || code === 'published-port-bypass');
  return new Set(
    told.flatMap(({ at, related }) =>
      [at, ...related.map((each) => each.at)].flatMap((each) => each?.span.start ?? []),
    ),
  );
}

interface DeadRule {
  readonly rule: Rule;
  readonly taker: Rule;
}

/** More of one chain are not told of one by one. */
const MOST_DEAD = 20;
const RULES_PER_STEP = 2_000;

function* deadRules({ rules }: Chain): Steps<readonly DeadRule[]> {
  const takers = new Takers();
  const dead: DeadRule[] = [];
  for (const rule of rules) {
    const taker = takers.next(rule, endsWalk(rule) && !isStateful(rule));
    if (taker !== null) dead.push({ rule, taker });
    if (dead.length === MOST_DEAD) break;
    if (rule.index % RULES_PER_STEP === RULES_PER_STEP - 1) yield;
  }
  return dead;
}

function findingOf(subject: RulesSubject, chain: Chain, rule: Rule, taker: Rule): Finding {
  const what = taker.target === null ? '' : ` (${canonicalName(taker.target)})`;
  return ruleFinding({
    code: 'never-matches',
    at: subject.at(chain, rule),
    message: `Rule ${rule.index + 1} of ${chain.name} never matches: rule ${taker.index + 1}${what} takes every packet that it could see. Put it before that rule, or delete it.`,
    related: [{ at: subject.at(chain, taker), message: 'This rule takes its packets.' }],
  });
}
