/** Rules that stand in their chain twice (iptables 1.8.0 to 1.8.2 saw none of its own and added them again, k/k #82361). */
import type { Chain, Option, Rule } from '../../../rules/iptables/nodes.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Steps } from '../../../values/steps.ts';
import { countWords, plural } from '../../narrative/words.ts';
import { tablesOf } from '../../rulesets.ts';
import { readServiceComment } from '../../modes/iptables/comments.ts';
import { commentOf } from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';
import { regularChains } from '../../modes/iptables/regular.ts';

/** One finding for each chain that has some: what wrote one twice wrote the others. */
export function* duplicateRules(subject: RulesSubject): Steps<readonly Finding[]> {
  const found: Finding[] = [];
  let looked = 0;
  for (const table of tablesOf(subject.ruleset)) {
    const { regular } = regularChains(subject.ruleset, table);
    for (const chain of table.chains.values()) {
      if (regular.has(chain)) continue;
      const doubles = doublesIn(subject, chain);
      const [first] = doubles;
      if (first !== undefined) found.push(findingOf(subject, chain, first, doubles));
      looked += chain.rules.length;
      if (looked > RULES_PER_STEP) {
        looked = 0;
        yield;
      }
    }
  }
  return found;
}

const RULES_PER_STEP = 2_000;

interface Double {
  readonly rule: Rule;
  readonly first: Rule;
}

/** Rules of the chain that stand there again, each with the first of them. */
export function doublesIn({ ruleset }: Pick<RulesSubject, 'ruleset'>, chain: Chain): readonly Double[] {
  if (chain.rules.length < 2) return [];
  const seen = new Map<string, Rule>();
  const found: Double[] = [];
  for (const rule of chain.rules) {
    const key = keyOf(rule, ruleset.text);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, rule);
    else if (!isRepeatOfKubeProxy(chain, rule, first)) found.push({ rule, first });
  }
  return found;
}

/** A rule in the words of iptables-save without counters and comment; any other one word by word. */
const PLAIN = /^(?:\[\d+:\d+\] )?-A (?:[\w-]+ )(.*)$/;
const COMMENT = /-m comment --comment (?:"[^"\\]*"|[^"\s\\]+) ?/g;

function keyOf(rule: Rule, text: string): string {
  const line = PLAIN.exec(text.slice(rule.start, rule.end))?.[1];
  if (line === undefined || line.includes('\\')) return inWords(rule);
  return line.includes('--comment') ? line.replace(COMMENT, '').trimEnd() : line;
}

function inWords(rule: Rule): string {
  return JSON.stringify([
    rule.general.map(inList),
    rule.matches
      .filter((match) => canonicalName(match) !== 'comment')
      .map((match) => [match.name.text, match.options.map(inList)]),
    rule.target === null ? null : [rule.target.kind, rule.target.name.text, rule.target.options.map(inList)],
    rule.unknown.map(inList),
  ]);
}

function inList({ name, negation, values }: Option): unknown {
  return [name.text, negation !== null, values.map(({ text }) => text)];
}

/**
 * KUBE-FW lets a source range in once for each time that the Service names it (≤ 1.23); KUBE-FORWARD of 1.18 has a rule twice; two
 * Services at one node port both have it marked.
 */
function isRepeatOfKubeProxy({ table, name }: Chain, rule: Rule, first: Rule): boolean {
  if (table === 'nat' && name.startsWith('KUBE-FW-')) return true;
  if (DISPATCH.has(name)) return commentOf(rule) !== commentOf(first);
  const ofState = rule.matches.some((match) => canonicalName(match) === 'conntrack');
  return table === 'filter' && name === 'KUBE-FORWARD' && ofState;
}

const DISPATCH: ReadonlySet<string> = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES']);

function findingOf(
  subject: RulesSubject,
  chain: Chain,
  { rule, first }: Double,
  all: readonly Double[],
): Finding {
  const what =
    all.length === 1
      ? `Rule ${rule.index + 1} of ${chain.name} is the same as rule ${first.index + 1}`
      : `${countWords(all.length)} rules of ${chain.name} stand there twice, the first of them rule ${rule.index + 1}, the same as rule ${first.index + 1}`;
  return ruleFinding({
    code: 'duplicate-rule',
    at: subject.at(chain, rule),
    service: serviceOf(subject, chain, all),
    message: `${what}: what it does is done twice or never gets to the second one, and the list grows with each run of whatever adds them. Delete ${all.length === 1 ? 'it' : `the ${plural(all.length, 'repeat')}`}; iptables 1.8.0 to 1.8.2 make such rules, as does a script that runs "-A" without asking "-C" first.`,
    related: [
      { at: subject.at(chain, first), message: 'The same rule stands here.' },
      ...all
        .slice(1, MOST_RELATED)
        .map((each) => ({ at: subject.at(chain, each.rule), message: 'Twice too.' })),
    ],
  });
}

/** The Service port that the chain is of, or all of the rules; null where there are several, or none. */
function serviceOf(subject: RulesSubject, { name }: Chain, all: readonly Double[]): string | null {
  const own = subject.serviceOf(name);
  if (own !== null) return own;
  const names = new Set(all.map(({ rule }) => readServiceComment(commentOf(rule))?.name ?? null));
  const [only = null] = names;
  return names.size === 1 ? only : null;
}

const MOST_RELATED = 10;
