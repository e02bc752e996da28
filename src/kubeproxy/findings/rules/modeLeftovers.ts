/** What another mode of kube-proxy left on the node (k/k #102314). */
import { lookup } from '../../../text/lookup.ts';
import type { FamilyMode } from '../../mode/mode.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

export function modeLeftovers(subject: RulesSubject): readonly Finding[] {
  const { mode, leftovers, evidence } = subject.parts.mode[subject.family];
  if (mode === null) return [];
  return leftovers.map((left) => {
    const signs = evidence.filter((each) => each.mode === left);
    return ruleFinding({
      code: 'mode-leftovers',
      at: placeOf(subject, signs),
      message: `kube-proxy works in ${mode} mode here, and ${left} mode has left behind ${wordsOf(signs)}: ${harm[left] ?? 'packets may pass them first, and go to endpoints that are gone'}. Stop kube-proxy, run "kube-proxy --cleanup" on the node, and start it again; restarting the node does it too.`,
    });
  });
}

const harm: Readonly<Record<string, string>> = lookup({
  ipvs: 'the node takes addresses of Services for its own, or balances to endpoints that are gone',
  nftables: 'its tables translate packets before or after these rules, by what they last knew of endpoints',
});

function wordsOf(signs: FamilyMode['evidence']): string {
  const words = [...new Set(signs.map(({ what, file }) => `${what} (${file})`))];
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** The chain in these rules that shows it; null where it stands in another file. */
function placeOf(subject: RulesSubject, signs: FamilyMode['evidence']): Finding['at'] {
  for (const { what, file } of signs) {
    const chain = /^chain (\S+) in table nat$/.exec(what)?.[1];
    if (chain !== undefined && file === subject.source.text.file)
      return subject.declarationOf(subject.chain('nat', chain));
  }
  return null;
}
