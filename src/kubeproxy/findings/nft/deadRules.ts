/** Rules of native chains that no packet gets to, since one before them in their chain takes all that they are for; and rules that stand there twice. */
import { lookup } from '../../../text/lookup.ts';
import type { PlacedChain } from '../../../rules/nftables/chains.ts';
import { chainsOf } from '../../../rules/nftables/chains.ts';
import { printExpression } from '../../../rules/nftables/printing/expressions.ts';
import { printStatement } from '../../../rules/nftables/printing/statements.ts';
import { setNamed } from '../../../rules/nftables/sets.ts';
import type { Rule, Statement } from '../../../rules/nftables/statements.ts';
import { expressionsIn } from '../../../rules/nftables/walk.ts';
import type { Steps } from '../../../values/steps.ts';
import { append } from '../../../text/lists.ts';
import { guessNftOwner } from '../../nftOwners.ts';
import { plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import type { Severity } from '../kind.ts';
import { ruleFinding } from '../rules/ruleFinding.ts';
import { implies } from './covers.ts';
import { chainWords, type NftSubject, serviceOfChain } from './subject.ts';
import { askedBy, type Condition, conditionsOf, endOf, endsAll, isDrawn } from './terminal.ts';

const CHAINS_PER_STEP = 500;
/** A chain of more rules is not looked at: each is held against all that end before it. */
const MOST_RULES = 2_000;

export function* deadRules(subject: NftSubject, before: readonly Finding[]): Steps<readonly Finding[]> {
  const found: Finding[] = [];
  let looked = 0;
  for (const [table, chains] of chainsOf(subject.ruleset)) {
    const changed = changedIn(chains.values());
    for (const chain of chains.values()) {
      if (++looked % CHAINS_PER_STEP === 0) yield;
      if (chain.rules.length < 2 || chain.rules.length > MOST_RULES) continue;
      const dead = new DeadRules(subject, chain, changed);
      append(found, dead.find(toldIn(before, table)));
    }
  }
  return found;
}

/** A rule that drops everything is told as that. */
function toldIn(before: readonly Finding[], table: string): (chain: string, index: number) => boolean {
  return (chain, index) =>
    before.some(
      ({ at }) =>
        at !== null && 'chain' in at && at.table === table && at.chain === chain && at.index === index,
    );
}

/** What rules of a table write: `meta mark`, `ip daddr`; `any` where a header is written, of which much may follow. */
function changedIn(chains: Iterable<PlacedChain>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { rules } of chains) {
    for (const { statements } of rules) {
      for (const each of statements) {
        if (each.kind === 'set') {
          found.add(each.target.kind === 'ct' ? 'ct ' : printExpression(each.target));
          if (each.target.kind === 'payload' || each.target.kind === 'raw') found.add(ANY);
        } else if (each.kind === 'notrack') found.add('ct state');
        else if (each.kind === 'unknown' || each.kind === 'reset') found.add(ANY);
      }
    }
  }
  return found;
}

const ANY = 'any';

class DeadRules {
  readonly #subject: NftSubject;
  readonly #chain: PlacedChain;
  readonly #changed: ReadonlySet<string>;

  constructor(subject: NftSubject, chain: PlacedChain, changed: ReadonlySet<string>) {
    this.#subject = subject;
    this.#chain = chain;
    this.#changed = changed;
  }

  find(isTold: (chain: string, index: number) => boolean): readonly Finding[] {
    const { rules, name } = this.#chain;
    const twice = this.#twice();
    const taken = new Map<number, number[]>();
    const takers: number[] = [];
    for (const [index, rule] of rules.entries()) {
      const by = twice.has(index) ? undefined : takers.find((each) => this.#takes(each, index));
      if (by !== undefined) taken.set(by, [...(taken.get(by) ?? []), index]);
      else if (endOf(rule) !== null && conditionsOf(rule, this.#chain.family) !== null) takers.push(index);
    }
    const dead = [...taken].flatMap(([by, own]) => (isTold(name, by) ? [] : [this.#never(by, own)]));
    return [...dead, ...this.#duplicates(twice)];
  }

  /** What others mean by their rules nobody knows. */
  get #severity(): Severity {
    return guessNftOwner(this.#chain.table)?.name === 'kube-proxy' ? 'warning' : 'information';
  }

  /** Whether every packet that the later rule is for ends in the earlier one. */
  #takes(earlier: number, later: number): boolean {
    const [taker, other] = [this.#chain.rules[earlier], this.#chain.rules[later]];
    if (taker === undefined || other === undefined) return false;
    const wanted = conditionsOf(taker, this.#chain.family);
    if (wanted?.every((each) => this.#stays(each)) !== true) return false;
    const asked = askedBy(other, this.#chain.family);
    return wanted.every((wide) => asked.some((narrow) => implies(narrow, wide)));
  }

  /** Whether nothing that rules of the table write, or that runs out, changes the answer between two rules. */
  #stays({ left, right }: Condition): boolean {
    const isOfDevice = /^(?:meta )?[io]if/.test(left);
    if (!isOfDevice && [...this.#changed].some((each) => each === ANY || left.includes(each))) return false;
    return expressionsIn(right).every((each) => {
      if (each.kind !== 'reference') return true;
      const set = setNamed(this.#subject.ruleset, this.#chain.table, each.name);
      return set !== null && !set.flags.includes('dynamic') && !set.flags.includes('timeout');
    });
  }

  /** By its index the one before it that says the same. */
  #twice(): ReadonlyMap<number, number> {
    const known = new Map<string, number>();
    const found = new Map<number, number>();
    const kinds = this.#chain.rules.map(kindsOf);
    if (new Set(kinds).size === kinds.length) return found;
    for (const [index, rule] of this.#chain.rules.entries()) {
      if (!isComparable(rule)) continue;
      const words = rule.statements
        .filter(({ kind }) => kind !== 'counter')
        .map((each) => printStatement(each, this.#subject.ruleset.text, ''))
        .join(' ');
      const first = known.get(words);
      if (first === undefined) known.set(words, index);
      else found.set(index, first);
    }
    return found;
  }

  #never(by: number, dead: readonly number[]): Finding {
    const [first = 0] = dead;
    const chain = this.#chain;
    const taker = chain.rules[by];
    const isAll = taker !== undefined && endsAll(taker, chain.family);
    const which =
      dead.length === 1
        ? `Rule ${first + 1} of ${chainWords(chain)} never matches`
        : `${plural(dead.length, 'rule')} of ${chainWords(chain)} never match, the first of them rule ${first + 1}`;
    const why = isAll
      ? 'takes every packet'
      : `takes all packets that ${dead.length === 1 ? 'it is' : 'they are'} for`;
    return ruleFinding({
      code: 'never-matches',
      severity: this.#severity,
      at: this.#subject.atRule(chain, first),
      service: serviceOfChain(chain),
      message: `${which}: rule ${by + 1} before ${dead.length === 1 ? 'it' : 'them'} ${why} (${endWords(taker)}). Put ${dead.length === 1 ? 'it' : 'them'} before rule ${by + 1}, or delete ${dead.length === 1 ? 'it' : 'them'}.`,
      related: [
        { at: this.#subject.atRule(chain, by), message: 'This rule takes the packets.' },
        ...dead.slice(1, MOST_RELATED).map((index) => ({
          at: this.#subject.atRule(chain, index),
          message: 'Nor does this one.',
        })),
      ],
    });
  }

  #duplicates(twice: ReadonlyMap<number, number>): readonly Finding[] {
    const [entry] = twice;
    if (entry === undefined) return [];
    const [index, first] = entry;
    const chain = this.#chain;
    const what =
      twice.size === 1
        ? `Rule ${index + 1} of ${chainWords(chain)} is the same as rule ${first + 1}`
        : `${plural(twice.size, 'rule')} of ${chainWords(chain)} stand there twice, the first of them rule ${index + 1}, the same as rule ${first + 1}`;
    return [
      ruleFinding({
        code: 'duplicate-rule',
        severity: this.#severity,
        at: this.#subject.atRule(chain, index),
        service: serviceOfChain(chain),
        message: `${what}: what it does is done twice or never gets to the second one. Delete ${twice.size === 1 ? 'it' : 'the repeats'}; a script that runs "nft add rule", or "nft -f" of a file without a flush before, makes such rules.`,
        related: [
          { at: this.#subject.atRule(chain, first), message: 'The same rule stands here.' },
          ...[...twice.keys()].slice(1, MOST_RELATED).map((each) => ({
            at: this.#subject.atRule(chain, each),
            message: 'Twice too.',
          })),
        ],
      }),
    ];
  }
}

const MOST_RELATED = 10;

/** Rules that say the same have the same kinds of statements. */
function kindsOf({ statements }: Rule): string {
  let words = '';
  for (const { kind } of statements) if (kind !== 'counter') words += ` ${kind}`;
  return words;
}

function endWords(rule: Rule | undefined): string {
  const end = rule === undefined ? null : endOf(rule);
  return end === null ? '' : (words[end] ?? end);
}

const words: Readonly<Record<string, string>> = lookup({
  accept: 'it accepts them',
  drop: 'it drops them',
  reject: 'it rejects them',
  return: 'it returns',
  goto: 'it leads them to another chain for good',
  translate: 'it translates them, which ends the chain',
});

/** Where two that are alike do what one does: not where one counts, limits, or draws by chance, and not what only counts. */
const ONCE: ReadonlySet<Statement['kind']> = new Set([
  'match',
  'verdict',
  'reject',
  'masquerade',
  'dnat',
  'snat',
  'redirect',
  'vmap',
  'counter',
]);

function isComparable({ statements }: Rule): boolean {
  const told = statements.filter(({ kind }) => kind !== 'counter');
  return (
    told.some(({ kind }) => kind !== 'match') &&
    statements.every(
      (each) =>
        ONCE.has(each.kind) &&
        !(each.kind === 'verdict' && each.rules !== null) &&
        !expressionsIn(each).some(isDrawn),
    )
  );
}
