/** What nft would refuse in a text, as findings. */
import { absentFromListing, absentWords } from '../../kubeproxy/nftPart.ts';
import { NFT, type NftText } from '../../kubeproxy/nftSource.ts';
import { findingTable } from '../../kubeproxy/findings/table.ts';
import type { Fix } from '../../kubeproxy/findings/finding.ts';
import type { Span } from '../../text/span.ts';
import type { NftProblem } from '../../rules/nftables/checks/problem.ts';
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
  const absent = absentFromListing({ ruleset, noise });
  const elsewhere = new Set(absent.map(({ start }) => start));
  const told = problemsOf(ruleset).filter(
    ({ code, start }) => code !== 'nft-unknown-name' || !elsewhere.has(start),
  );
  const refused = told.map(({ code, mayBeKnown, message, better, start, end }) => ({
    ...findingOf(code, message, { start, end }),
    ...(mayBeKnown ? { severity: 'warning' as const } : {}),
    fixes: better === null ? [] : [written({ start, end }, better)],
  }));
  return [...pasted(noise), ...part(ruleset, absent), ...refused];
}

/** Said once, where the first name stands. */
function part(ruleset: NftText['ruleset'], absent: readonly NftProblem[]): readonly SyntaxFinding[] {
  const [first] = absent;
  if (first === undefined) return [];
  const { names, isOne } = absentWords(ruleset, absent);
  const message = `These rules are a part of what nft lists: ${names} ${isOne ? 'is' : 'are'} not in it. What is not here is not known, and may decide; nft would not load it as it stands.`;
  return [findingOf('part-of-dump', message, first)];
}

function findingOf(code: SyntaxFinding['code'], message: string, { start, end }: Span): SyntaxFinding {
  return {
    code,
    severity: findingTable[code].severity,
    message,
    at: { source: NFT, span: { start, end } },
    about: null,
    service: null,
    related: [],
    fixes: [],
    because: [],
    assumes: null,
  };
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
  const message = `This is pasted text: the rules are read without ${noiseWords({ noise })}. nft would not read it as it stands.`;
  return [findingOf('pasted-noise', message, { start: first, end: first })];
}
