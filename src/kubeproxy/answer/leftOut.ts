/** What an answer leaves out, and would be too sure without a word of. */
import type { Assumption } from '../../kernel/trace.ts';
import { absentFromListing, absentWords } from '../nftPart.ts';
import { madeByIptables, type NftSource } from '../nftSource.ts';
import { type OtherRule, otherRulesWords } from '../mode/otherRules.ts';

interface Followed {
  readonly assumptions: readonly Assumption[];
}

/** Rules that the kernel applies and no rules file holds. */
export function withOtherRules<Answer extends Followed>(
  followed: Answer,
  others: readonly OtherRule[],
): Answer {
  if (others.length === 0) return followed;
  const message = `The node has more than these rules, which is not followed: ${otherRulesWords(others)}. What that drops, translates or marks is not in this answer.`;
  return withAssumption(followed, 'other-rules', message);
}

/** Of a listing of IPVS, and nothing else: what rules of the node would do is not known. */
export function withoutRules<Answer extends Followed>(followed: Answer, isAlone: boolean): Answer {
  if (!isAlone) return followed;
  const message =
    'Only virtual servers of IPVS are known of the node, and it is taken to have no rules of iptables or nftables. What such rules would drop, translate or masquerade is not in this answer (iptables-save and nft list ruleset tell).';
  return withAssumption(followed, 'ipvs-alone', message);
}

/** nft prints some rules of iptables-nft otherwise than they are (a negated list of conntrack states as its opposite). */
export function withListed<Answer extends Followed>(followed: Answer, nft: NftSource | null): Answer {
  const tables = nft === null ? [] : madeByIptables(nft);
  if (tables.length === 0) return followed;
  const message = `The tables that iptables made (${tables.join(', ')}) are read as nft lists them, and nft prints some of their rules otherwise than they are; iptables-save tells them truly.`;
  return withAssumption(followed, 'iptables-as-nft', message);
}

/** A part of what nft lists: what it names and lacks may decide. */
export function withNftPart<Answer extends Followed>(followed: Answer, nft: NftSource | null): Answer {
  const absent = nft === null ? [] : absentFromListing(nft.text);
  if (nft === null || absent.length === 0) return followed;
  const { names, isOne } = absentWords(nft.text.ruleset, absent);
  const message = `These rules are a part of what nft lists: ${names} ${isOne ? 'is' : 'are'} not in it, and there may be more. What is not here may decide otherwise.`;
  return withAssumption(followed, 'part-of-dump', message);
}

/** Rules for frames, which no trace follows: `words` says what they may do to the packet, a sentence for each kind. */
export function withFrames<Answer extends Followed>(followed: Answer, words: readonly string[]): Answer {
  return words.length === 0 ? followed : withAssumption(followed, 'frames-not-followed', words.join(' '));
}

/** What was given and could not be read: `unread` says it in a sentence; null where nothing is. */
export function withUnread<Answer extends Followed>(followed: Answer, unread: string | null): Answer {
  return unread === null ? followed : withAssumption(followed, 'not-read', unread);
}

function withAssumption<Answer extends Followed>(followed: Answer, code: string, message: string): Answer {
  const assumption: Assumption = { key: code, code, message, branched: false, claim: null, about: null };
  return { ...followed, assumptions: [assumption, ...followed.assumptions] };
}
