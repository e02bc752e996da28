/** How a way ends, in words that are the same whatever the order of rules and the hashes of chains. */
import { printRule } from '../../../rules/iptables/printer.ts';
import type { Analysis } from '../../analysis.ts';
import type { FindingPlace } from '../../findings/finding.ts';
import type { Frontend } from '../../services/frontend.ts';
import type { WayEnd } from '../../ways/way.ts';

export interface End {
  /** `open`: it is not known, or so for some clients alone. */
  readonly kind: 'arrives' | 'ends' | 'open';
  /** The same in both states where a way ends for the same reason. */
  readonly key: string;
  /** A clause: `arrives`, `dropped by rule 3 of INPUT ("corp-fw")`. */
  readonly words: string;
  /** The rule that ends it, or hides who asks; null where none does. */
  readonly at: FindingPlace | null;
}

/** Of one way that was traced. */
export function endOf({ fate, cause, hiddenBy }: WayEnd, analysis: Analysis): End {
  if (cause !== null) {
    const { key, words, at, isAll } = cause;
    const whom = isAll ? '' : ', for some connections';
    const reason = `${key.replace(RULE_NUMBER, '')} ${isAll} ${ruleText(at, analysis)}`;
    return { kind: 'ends', key: reason, words: `${words}${whom}`, at };
  }
  if (fate === 'refused')
    return { kind: 'ends', key: 'refused', words: 'refused by the rules of the Service itself', at: null };
  if (fate !== 'arrives')
    return { kind: 'open', key: 'open', words: 'not known whether it arrives', at: null };
  return hiddenBy === null
    ? { kind: 'arrives', key: 'arrives', words: 'arrives', at: null }
    : {
        kind: 'arrives',
        key: 'hidden',
        words: 'arrives as from this node, not from the client',
        at: hiddenBy,
      };
}

/** `drop filter/INPUT/3` → `drop filter/INPUT`: a rule before it is none of its affair. */
const RULE_NUMBER = /(?<=\/\S+)\/\d+(?= |$)/gu;

function ruleText(at: FindingPlace | null, { sources }: Analysis): string {
  const rule = at !== null && 'chain' in at ? sources.ruleAt(at) : null;
  return rule === null ? '' : printRule(rule).replace(/^\[\d+:\d+\] /u, '');
}

/** Of every way to a frontend that leads to no endpoint. */
export function endOfFate(fate: Frontend['fate']): End {
  const words = fates[fate];
  return words === null
    ? { kind: 'open', key: 'open', words: 'not known whether it arrives', at: null }
    : { kind: 'ends', key: fate, words, at: null };
}

const fates: Readonly<Record<Frontend['fate'], string | null>> = {
  rejected: 'rejected, since the Service has no endpoints',
  dropped: 'dropped, since the Service has no endpoints here',
  none: 'led to no endpoint',
  balanced: null,
  unknown: null,
};
