/** Chances as the kernel holds them: net/netfilter/xt_statistic.c compares 31 random bits with a threshold. */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { readProbability } from '../../../values/marks.ts';
import { matchNamed, matchOption, valueOf } from '../../words/ruleView.ts';

const SCALE = 2 ** 31;

/**
 * The part of packets that a rule's `statistic` match takes, from 0 to 1: for `--mode random` the probability as the
 * kernel rounds it, for `--mode nth` one of every so many. Negation is turned round. 1 without such a match; null where
 * it cannot be read.
 */
export function chanceOf(rule: Rule): number | null {
  const match = matchNamed(rule, 'statistic');
  if (match === null) return 1;
  const probability = matchOption(match, '--probability');
  if (probability !== null) {
    const chance = heldByKernel(valueOf(probability));
    return chance === null || probability.negation === null ? chance : 1 - chance;
  }
  const every = matchOption(match, '--every');
  const count = Number(valueOf(every) ?? Number.NaN);
  if (every === null || !Number.isInteger(count) || count < 1) return null;
  return every.negation === null ? 1 / count : 1 - 1 / count;
}

/** `0.33333333349` → 715827883 / 2^31. Null for what is no probability. */
export function heldByKernel(text: string | null): number | null {
  const reading = readProbability(text ?? '');
  return reading.kind === 'fault' ? null : reading.value.threshold / SCALE;
}

/** Beyond this, neighbouring fractions lie closer together than the kernel's 31 bits. */
const MAX_COUNT = 10_000;

/** 3 where the chance is, but for the kernel's rounding, one of three; null where it is no such fraction. */
export function oneOf(chance: number): number | null {
  if (chance <= 0) return null;
  const count = Math.round(1 / chance);
  return count <= MAX_COUNT && Math.abs(chance - 1 / count) <= 1 / SCALE ? count : null;
}
