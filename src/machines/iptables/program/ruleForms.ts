/**
 * HOT PATH: compiles rules of the form in which kube-proxy's come by the ten thousand without reading them into nodes. A rule
 * of any other form is left to `compileRule`, which also says where such a rule's words stand when one is to be told.
 */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { RuleNode, RuleSource } from '../../../rules/iptables/parsing/ruleNode.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import { networkMatch } from '../matches/addresses.ts';
import { generalMatches } from '../matches/general.ts';
import type { CompiledMatch, RuleContext } from '../matches/match.ts';
import { listMatch } from '../matches/recent.ts';
import { compileMatch } from '../matches/table.ts';
import { dnatTo } from '../targets/nat.ts';
import { chainAt } from '../targets/table.ts';
import type { CompiledTarget } from '../targets/target.ts';
import { noTarget } from '../targets/verdicts.ts';
import { CompiledRule, RuleMatches } from './compileRule.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `-A KUBE-SVC-X ! -s 10.0.0.0/8 -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:c cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
 * `-A KUBE-SVC-X -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-Y --mask 255.255.255.255 --rsource -j KUBE-SEP-Y`,
 * `-A KUBE-SVC-X -m statistic --mode random --probability 0.5 -j KUBE-SEP-Y`,
 * `-A KUBE-SEP-Y -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080`; with or without each part, the target included.
 */
const FORM = new RegExp(
  [
    String.raw`^-A [^\s"]+`,
    String.raw`(?:( !)? -s ([\d.]+/\d+))?`,
    String.raw`(?:( !)? -d ([\d.]+/\d+))?`,
    String.raw`( -p (?:tcp|udp|sctp))?`,
    String.raw`(?: -m comment --comment (?:"[^"\\]*"|[^\s"]+))?`,
    String.raw`(?: -m recent --(set|rcheck --seconds \d+ --reap) --name ([^\s"]+) --mask 255\.255\.255\.255 --rsource)?`,
    String.raw`( -m (?:tcp|udp|sctp)(?: --dport \d+)?)?`,
    String.raw`( -m statistic --mode random --probability [\d.]+)?`,
    String.raw`(?: -([jg]) ([^\s"]+)(?: --to-destination ([^\s"]+))?)?$`,
  ].join(''),
);

const FORM_FAMILY = 4;
const MOST_KNOWN = 10_000;

/** Null for what `compileRule` is to read. `letter`: of `-j` or `-g`; undefined where the rule only counts. */
function targetOf(
  letter: string | undefined,
  name: string,
  to: string | undefined,
  context: RuleContext,
): CompiledTarget | null {
  if (letter === undefined) return noTarget;
  if (to === undefined) return chainAt(letter === 'j' ? 'jump' : 'goto', name, context);
  // `DNAT` may be the name of a chain, too.
  const isTarget = letter === 'j' && name === 'DNAT' && !context.around.hasChain(context.at.table, name);
  return isTarget ? dnatTo(to, context) : null;
}

export class RuleForms {
  readonly #around: Surroundings;
  /** Of parts that mean the same in every rule. */
  readonly #parts = new Map<string, readonly (CompiledMatch | null)[]>();
  /** Of rules that name nothing of their own: kube-proxy has some hundred kinds of them. */
  readonly #known = new Map<string, RuleMatches>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Null for a rule that is not of the form. `text`: the whole text that the rule stands in. */
  compile(text: string, rule: Rule, at: RuleAt): CompiledRule | null {
    const around = this.#around;
    const { family, node } = around;
    if (family !== FORM_FAMILY || around.listing !== null) return null;
    const found = FORM.exec(text.slice(rule.start, rule.end));
    if (found === null) return null;
    const [, notSource, source, notDestination, destination, protocol, ...rest] = found;
    const [command, list, ports, chance, letter, name = '', to] = rest;
    const context: RuleContext = { rule, at, family, node, around };
    const target = targetOf(letter, name, to, context);
    if (target === null) return null;
    const own = source ?? destination ?? list;
    const words = own === undefined ? `${protocol ?? ''}${ports ?? ''}${chance ?? ''}` : null;
    const known = words === null ? undefined : this.#known.get(words);
    if (known !== undefined) return new CompiledRule(rule, at, known, target, around);
    const all: (CompiledMatch | null)[] = [];
    if (source !== undefined) all.push(networkMatch('source', notSource !== undefined, source, context));
    if (destination !== undefined)
      all.push(networkMatch('destination', notDestination !== undefined, destination, context));
    if (protocol !== undefined) this.#add(all, protocol, context);
    if (list !== undefined) all.push(listMatch(command === 'set' ? 'set' : 'rcheck', list, context));
    if (ports !== undefined) this.#add(all, ports, context);
    if (chance !== undefined) this.#add(all, chance, context);
    const read = all.filter((match) => match !== null);
    if (read.length < all.length) return null;
    // A copy has no room for more: there are very many.
    const matches = new RuleMatches(read.slice());
    if (words !== null && this.#known.size < MOST_KNOWN) this.#known.set(words, matches);
    return new CompiledRule(rule, at, matches, target, around);
  }

  /** The matches of ` -m tcp --dport 80`, read once for all rules that have these words; null for what means nothing. */
  #add(all: (CompiledMatch | null)[], part: string, context: RuleContext): void {
    let known = this.#parts.get(part);
    if (known === undefined) {
      known = partOf(part, context);
      this.#parts.set(part, known);
    }
    for (const match of known) all.push(match);
  }
}

function partOf(part: string, context: RuleContext): readonly (CompiledMatch | null)[] {
  const line = `-A X${part}`;
  const { general, matches } = new RuleNode(new RuleSource(line), 0, line.length, 0);
  const read = [
    ...generalMatches(general, context),
    ...matches.flatMap((match) => compileMatch(match, context)),
  ];
  return read.map((match) => (match.open === true ? null : match));
}
