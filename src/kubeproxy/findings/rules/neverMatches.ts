/** Rules behind one of their chain that takes every packet which they could match. */
import { covers, endsWalk } from '../../../rules/iptables/covers.ts';
import { isStateful } from '../../../rules/iptables/meaning.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import type { Steps } from '../../../values/steps.ts';
import { roleOf } from '../../modes/iptables/roles.ts';
import { tablesOf } from '../../rulesets.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/**
 * One finding a rule, of chains that are not kube-proxy's or the kubelet's: those write what they need. `before`: what names
 * a rule already is left out.
 */
export function* neverMatches(subject: RulesSubject, before: readonly Finding[]): Steps<readonly Finding[]> {
  const named = placesOf(before);
  const found: Finding[] = [];
  for (const table of tablesOf(subject.ruleset)) {
    for (const chain of table.chains.values()) {
      if (chain.rules.length < 2 || roleOf(table.name, chain.name) !== null) continue;
      for (const { rule, taker } of deadRules(chain)) {
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

/** Of a longer chain the rules that could take all packets of others are so many that not every pair is compared. */
const MOST_TAKERS = 100;
/** More of one chain are not told of one by one. */
const MOST_DEAD = 20;

function deadRules({ rules }: Chain): readonly DeadRule[] {
  const takers: Rule[] = [];
  const dead: DeadRule[] = [];
  for (const rule of rules) {
    const taker = takers.find((each) => covers(each, rule));
    if (taker !== undefined) dead.push({ rule, taker });
    else if (takers.length < MOST_TAKERS && endsWalk(rule) && !isStateful(rule)) takers.push(rule);
    if (dead.length === MOST_DEAD) break;
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
