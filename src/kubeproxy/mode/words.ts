import type { Family } from '../../kernel/flow.ts';
import { capitalized } from '../narrative/words.ts';
import type { FamilyMode, KeptElsewhere, NodeMode } from './mode.ts';

const families: readonly Family[] = [4, 6];

/** `kube-proxy keeps this node's Services in IPVS, whose virtual servers are not among these files` */
export function elsewhereWords(kept: KeptElsewhere): string {
  switch (kept.kind) {
    case 'backend':
      return `kube-proxy has rules in the ${kept.backend} backend of iptables (${kept.file}), which are not simulated with these yet`;
    case 'ipvs':
      return "kube-proxy keeps this node's Services in IPVS, whose virtual servers are not among these files (ipvsadm -Sn lists them)";
    case 'part':
      return "only a part of kube-proxy's table is here, without the chains that packets come to (nft list ruleset shows all)";
    default:
      return "kube-proxy's rules are not among these, and the legacy backend of iptables has more, which are not here";
  }
}

/** `rules of several modes of kube-proxy stand side by side (iptables, nftables): which of them is at work is not known` */
function unclearWords({ mode, evidence }: FamilyMode): string | null {
  const holding = new Set(evidence.filter(({ kind }) => kind === 'holds').map((each) => each.mode));
  if (mode !== null || holding.size < 2) return null;
  return `rules of several modes of kube-proxy stand side by side (${[...holding].join(', ')}): which of them is at work is not known`;
}

const LISTED_WORDS =
  "kube-proxy's rules of iptables are read as nft lists them, and these do not say of which Services they are (iptables-save does)";

/** What is to be said of a family's Services before its rules are shown or checked; null where they are all in these rules. */
export function keptWords(mode: FamilyMode): string | null {
  if (mode.listed && mode.elsewhere === null) return LISTED_WORDS;
  const kept = mode.elsewhere === null ? null : elsewhereWords(mode.elsewhere);
  const unclear = unclearWords(mode);
  return kept === null || unclear === null ? (kept ?? unclear) : `${kept}; ${unclear}`;
}

/** As `keptWords`, of both families: one sentence where they are alike, else with the family in front. */
export function nodeKeptWords(mode: NodeMode): readonly string[] {
  const said = families.flatMap((family) => {
    const words = keptWords(mode[family]);
    return words === null
      ? []
      : [{ family, words, kind: mode[family].elsewhere?.kind ?? String(mode[family].listed) }];
  });
  const [first, second] = said;
  if (first !== undefined && second?.kind === first.kind) return [first.words];
  return said.map(({ family, words }) => (said.length === 1 ? words : `IPv${family}: ${words}`));
}

/** A clause of the above as the beginning of a sentence; kube-proxy's name is never written large. */
export function begun(clause: string): string {
  return clause.startsWith('kube-proxy') ? clause : capitalized(clause);
}
