/** What nft would refuse in a text, as findings. */
import { NFT, type NftText } from '../../kubeproxy/nftSource.ts';
import { findingTable } from '../../kubeproxy/findings/table.ts';
import type { Fix } from '../../kubeproxy/findings/finding.ts';
import type { Span } from '../../text/span.ts';
import { problemsOf } from '../../rules/nftables/checks/problemsOf.ts';
import { noiseWords } from '../rules/pasted.ts';
import type { SyntaxFinding } from '../rules/reporter.ts';
import type { NftDocument } from './nftDocument.ts';

export function nftFindings(document: NftDocument): readonly SyntaxFinding[] {
  return document.keptOfNft.of(checked);
}

function checked({ nft, paste }: NftDocument): readonly SyntaxFinding[] {
  return findingsOfNft({ ruleset: nft, noise: paste.noise });
}

/** Of a ruleset that was read from text. */
export function findingsOfNft({
  ruleset,
  noise,
}: Pick<NftText, 'ruleset' | 'noise'>): readonly SyntaxFinding[] {
  const refused = problemsOf(ruleset).map(({ code, start, end, message, mayBeKnown, better }) => ({
    code,
    severity: mayBeKnown ? 'warning' : findingTable[code].severity,
    message,
    at: { source: NFT, span: { start, end } },
    about: null,
    service: null,
    related: [],
    fixes: better === null ? [] : [written({ start, end }, better)],
    because: [],
    assumes: null,
  }));
  return [...pasted(noise), ...refused];
}

function written(span: Span, newText: string): Fix {
  const shown = newText.length > LONGEST_TITLE ? `${newText.slice(0, LONGEST_TITLE)}…` : newText;
  return { title: `Write "${shown}"`, changes: [{ span, newText }], preferred: true, certain: false };
}

const LONGEST_TITLE = 60;

/** Said once, where it begins. */
function pasted(noise: NftText['noise']): readonly SyntaxFinding[] {
  const [some] = noise;
  if (some === undefined) return [];
  const first = noise.reduce((least, each) => Math.min(least, each.first), some.first);
  return [
    {
      code: 'pasted-noise',
      severity: findingTable['pasted-noise'].severity,
      message: `This is pasted text: the rules are read without ${noiseWords({ noise })}. nft would not read it as it stands.`,
      at: { source: NFT, span: { start: first, end: first } },
      about: null,
      service: null,
      related: [],
      fixes: [],
      because: [],
      assumes: null,
    },
  ];
}
