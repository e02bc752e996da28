/** How a balancing chain spreads new connections, rule after rule as the kernel falls through them. */
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Chain, Rule } from '../../../rules/iptables/nodes.ts';
import { chanceOf, heldByKernel } from './chance.ts';
import { readFamilyChain } from './roles.ts';
import { readBalanceLine } from './serviceLines.ts';
import { isUnconditional, matchNamed, matchOption, targetNameOf, valueOf } from '../../words/ruleView.ts';

export interface Shares {
  /**
   * Endpoint chain → the part of new connections from clients that no affinity list remembers; null where it hangs on
   * a condition that says nothing of chance. In rule order.
   */
  readonly byChain: ReadonlyMap<string, number | null>;
  /** Endpoint chain → the last rule that jumps to it by chance: its own `--probability`. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The part that falls through to the end of the chain; null where it is not known. */
  readonly rest: number | null;
  /** ClientIP affinity's timeout in seconds, from the `recent` rules; null without any. */
  readonly affinitySeconds: number | null;
}

/**
 * The shares of KUBE-SVC-, KUBE-SVL- and older KUBE-XLB- chains. Rules that mark, and rules that take some sources to
 * another chain (`-s CIDR -j KUBE-SVC-…`), are passed over: the shares are those of the traffic that gets by. `text`: of the
 * chain's ruleset.
 */
export function sharesOf(chain: Chain | null, text: string): Shares {
  const walk = new ShareWalk();
  for (const rule of chain?.rules ?? []) walk.step(rule, text.slice(rule.start, rule.end));
  return walk;
}

/** The same by the words of every rule. */
export function sharesByWords(chain: Chain | null): Shares {
  const walk = new ShareWalk();
  for (const rule of chain?.rules ?? []) walk.stepByWords(rule);
  return walk;
}

class ShareWalk implements Shares {
  readonly byChain = new Map<string, number | null>();
  readonly rules = new Map<string, Rule>();
  rest: number | null = 1;
  affinitySeconds: number | null = null;

  step(rule: Rule, line: string): void {
    const read = readBalanceLine(line);
    if (read === null) this.stepByWords(rule);
    else if (read.kind === 'remembered') this.#remembered(read.to, read.seconds);
    else if (read.kind === 'chance')
      this.#byChance(rule, read.to, read.probability === null ? 1 : heldByKernel(read.probability));
  }

  stepByWords(rule: Rule): void {
    const target = targetNameOf(rule);
    if (target === null) return;
    if (readFamilyChain(target)?.kind === 'sep') this.#endpoint(rule, target);
    else if (endsHere(target) && isUnconditional(rule)) this.rest = 0;
  }

  #endpoint(rule: Rule, target: string): void {
    const recent = matchNamed(rule, 'recent');
    if (recent === null) this.#byChance(rule, target, dependsOnChanceOnly(rule) ? chanceOf(rule) : null);
    else this.#remembered(target, valueOf(matchOption(recent, '--seconds')));
  }

  #remembered(target: string, written: string | null): void {
    const seconds = Number(written ?? Number.NaN);
    if (Number.isInteger(seconds)) this.affinitySeconds = seconds;
    if (!this.byChain.has(target)) this.byChain.set(target, 0);
  }

  #byChance(rule: Rule, target: string, chance: number | null): void {
    const before = this.byChain.has(target) ? (this.byChain.get(target) ?? null) : 0;
    this.rules.set(target, rule);
    if (chance === null || this.rest === null || before === null) {
      this.byChain.set(target, null);
      this.rest = null;
      return;
    }
    this.byChain.set(target, before + this.rest * chance);
    this.rest *= 1 - chance;
  }
}

function endsHere(target: string): boolean {
  return target === 'RETURN' || target === 'DROP' || target === 'ACCEPT' || target === 'REJECT';
}

/** Matches that look at nothing of the packet. */
const CHANCE_MATCHES: ReadonlySet<string> = new Set(['comment', 'statistic']);

function dependsOnChanceOnly(rule: Rule): boolean {
  if (isUnconditional(rule)) return true;
  return (
    rule.general.length === 0 &&
    rule.unknown.length === 0 &&
    rule.matches.every((match) => CHANCE_MATCHES.has(canonicalName(match)))
  );
}
