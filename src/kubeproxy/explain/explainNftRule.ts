/** What a native rule does, and a packet that it matches. Plain data and plain text. */
import { type Family } from '../../values/address.ts';
import { isSameRule, type RuleAt } from '../../kernel/ruleAt.ts';
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import type { Rule } from '../../rules/nftables/statements.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import type { Finding } from '../findings/finding.ts';
import { findingsOfNativeTables } from '../findings/nft/ofNft.ts';
import { NFT } from '../nftSource.ts';
import { nftRuleMeaning } from '../words/nftRuleMeaning.ts';
import { familyOfChain, nftChainsNamed } from './explainNftChain.ts';
import type { RuleExplanation } from './explainRule.ts';
import { likelyNftPackets } from './likelyNftPackets.ts';
import { bestWitness, type Witness } from './witness.ts';

/** Of `inet firewalld/filter_INPUT/3` and `firewalld/filter_INPUT/3`, whose index counts from 0; a chain's name may hold slashes. */
export function* explainNftRule(text: string, analysis: Analysis): Steps<readonly RuleExplanation[]> {
  const [, name = '', digits = ''] = /^(.+)\/(\d{1,7})$/su.exec(text) ?? [];
  const index = Number(digits);
  const found: RuleExplanation[] = [];
  if (name === '' || !name.includes('/')) return found;
  for (const chain of nftChainsNamed(name, analysis)) {
    const rule = chain.rules[index];
    if (rule !== undefined) found.push(yield* explained(chain, index, rule, analysis));
  }
  return found;
}

/** Of the rule at an offset of the text of nftables; null where none stands there. */
export function* explainNftRuleAt(offset: number, analysis: Analysis): Steps<RuleExplanation | null> {
  const { nft } = analysis.sources;
  const chains =
    nft === null ? [] : [...chainsOf(nft.ruleset).values()].flatMap((each) => [...each.values()]);
  for (const chain of chains) {
    const index = chain.rules.findIndex(({ start, end }) => start <= offset && offset <= end);
    const rule = chain.rules[index];
    if (rule !== undefined) return yield* explained(chain, index, rule, analysis);
  }
  return null;
}

function* explained(
  chain: PlacedChain,
  index: number,
  rule: Rule,
  analysis: Analysis,
): Steps<RuleExplanation> {
  const span = { start: rule.start, end: rule.end };
  const at: RuleAt = { source: NFT, table: chain.table, chain: chain.name, index, span };
  const { family, witness } = yield* witnessIn(chain, index, at, analysis);
  return {
    family,
    at,
    text: (analysis.sources.nft?.ruleset.text ?? '').slice(rule.start, rule.end).trim(),
    does: nftRuleMeaning(rule),
    witness,
    never: witness === null ? yield* proofOf(at, analysis) : null,
  };
}

/** Of a table of both families IPv4 is tried first. */
function* witnessIn(
  chain: PlacedChain,
  index: number,
  at: RuleAt,
  analysis: Analysis,
): Steps<{ readonly family: Family; readonly witness: Witness | null }> {
  const own = familyOfChain(chain);
  const families: readonly Family[] = own === null ? [4, 6] : [own];
  for (const family of families) {
    const packets = likelyNftPackets(chain, index, family, analysis);
    const witness = yield* bestWitness(packets, family, at, analysis);
    if (witness !== null) return { family, witness };
  }
  return { family: own ?? 4, witness: null };
}

function* proofOf(at: RuleAt, analysis: Analysis): Steps<string | null> {
  const findings = yield* findingsOfNativeTables(analysis);
  const own = findings.find(
    (each) =>
      each.code === 'never-matches' &&
      deadPlaces(each).some((place) => isRule(place) && isSameRule(place, at)),
  );
  return own?.message ?? null;
}

/** Behind the one that takes their packets a finding names the others that never match. */
function deadPlaces({ at, related: [, ...others] }: Finding): readonly Finding['at'][] {
  return [at, ...others.map((each) => each.at)];
}

function isRule(place: Finding['at']): place is RuleAt {
  return place !== null && 'chain' in place;
}
