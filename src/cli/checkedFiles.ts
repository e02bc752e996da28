/** What `check` finds, file by file: in the text of each, and of the Services in the rules of all. */
import type { Finding } from '../kubeproxy/findings/finding.ts';
import { allFindings } from '../kubeproxy/findings/all.ts';
import type { Analysis } from '../kubeproxy/analysis.ts';
import { findingsOfNft } from '../language/nftables/findings.ts';
import { checkRuleset } from '../language/rules/check.ts';
import { Reporter } from '../language/rules/reporter.ts';
import type { SourceId } from '../kernel/ruleAt.ts';
import { countRules } from '../rules/iptables/compact/countRules.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import { linesOf } from '../rules/iptables/linesOf.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { finish } from '../values/steps.ts';
import { IPVS } from '../kernel/ruleAt.ts';
import { type IpvsSource, ipvsTextOf } from '../kubeproxy/ipvsSource.ts';
import { NFT, nftRuleCount } from '../kubeproxy/nftSource.ts';
import { type FilePlace, placeInFile, placeInLines } from './filePlace.ts';
import type { NftFile, Rules, RulesFile } from './readRules.ts';

export interface PlacedFinding {
  readonly finding: Finding;
  /** Null where it stands nowhere in the files. */
  readonly place: FilePlace | null;
}

/** The findings of one file. */
export interface CheckedFile {
  /** Null for what stands in no file. */
  readonly path: string | null;
  readonly rules: number;
  /** In order of the text. */
  readonly problems: readonly PlacedFinding[];
}

/** Checks each file once, also one that holds both families; last, where there is any, what stands in none. */
export function checkFiles(
  { named, nft, ipvs }: Pick<Rules, 'named' | 'nft' | 'ipvs'>,
  analysis: Analysis,
): readonly CheckedFile[] {
  const files = [...new Map(named.map((file) => [file.path, file])).values()];
  // The texts first: with the Services in memory the checks of a large dump would take longer.
  const ofTexts = files.map(findingsOfText);
  const ofServices = finish(allFindings(analysis));
  const nowhere = ofServices.filter(({ at }) => at === null);
  const checked = files.map((file, index) => {
    const sources = named.filter(({ path }) => path === file.path).map(({ source }) => source);
    const own = ofServices.filter(({ at }) => at !== null && sources.includes(at.source));
    return checkedFile(file, [...(ofTexts[index] ?? []), ...own]);
  });
  const virtual = ipvsTextOf(analysis.files);
  const native = [
    ...(nft === null ? [] : [checkedNft(nft, ofServices)]),
    ...(ipvs === null || virtual === null ? [] : [checkedIpvs(ipvs, virtual, ofServices)]),
  ];
  if (nowhere.length === 0) return [...checked, ...native];
  return [
    ...checked,
    ...native,
    { path: null, rules: 0, problems: nowhere.map((finding) => ({ finding, place: null })) },
  ];
}

function checkedNft({ path, source }: NftFile, found: readonly Finding[]): CheckedFile {
  const { file } = source.text;
  const ofText = file === 'nft.txt' ? findingsOfNft(source.text) : [];
  const problems = [...ofText, ...found].flatMap((finding) =>
    finding.at?.source === NFT ? [{ finding, place: placeInLines(finding.at.span, source.text.lines) }] : [],
  );
  return {
    path,
    rules: nftRuleCount(source),
    problems: problems.toSorted((a, b) => a.place.span.start - b.place.span.start),
  };
}

/** Its virtual servers count as rules. */
function checkedIpvs(
  path: string,
  { rules, lines }: Pick<IpvsSource, 'rules' | 'lines'>,
  found: readonly Finding[],
): CheckedFile {
  const problems = found.flatMap((finding) =>
    finding.at?.source === IPVS ? [{ finding, place: placeInLines(finding.at.span, lines) }] : [],
  );
  return {
    path,
    rules: rules.services.length,
    problems: problems.toSorted((a, b) => a.place.span.start - b.place.span.start),
  };
}

function findingsOfText({ source, whole, refused }: RulesFile): readonly Finding[] {
  return [...unreadBytes(whole.text, source, refused), ...finish(checkRuleset(whole, source))];
}

function checkedFile({ path, whole }: RulesFile, findings: readonly Finding[]): CheckedFile {
  return { path, rules: countRules(whole), problems: place(whole, findings) };
}

/** What keeps iptables-restore from reading the file at all, at its first line. */
function unreadBytes(text: string, source: SourceId, refused: string | null): readonly Finding[] {
  if (refused === null) return [];
  const reporter = new Reporter(source);
  const line = /^.*/.exec(text)?.[0] ?? '';
  reporter.report('not-rules', { start: 0, end: line.length }, { what: refused });
  return reporter.findings.map((finding) => ({ ...finding, message: refused }));
}

function place(whole: Ruleset, findings: readonly Finding[]): readonly PlacedFinding[] {
  if (findings.length === 0) return [];
  const lines = linesDownTo(whole, findings);
  return findings
    .map((finding) => ({
      finding,
      place: finding.at === null ? null : placeInFile(finding.at.span, lines, whole),
    }))
    .toSorted((a, b) => (a.place?.span.start ?? 0) - (b.place?.span.start ?? 0));
}

/** Lines down to the last finding: in a large dump they stand near its beginning, and all lines cost as much as reading it. */
function linesDownTo(whole: Ruleset, findings: readonly Finding[]): LineIndex {
  if (whole.paste !== null || whole.listing !== null) return linesOf(whole);
  const last = findings.reduce((end, { at }) => Math.max(end, at?.span.end ?? 0), 0);
  // With the character behind it: a CR there may be half of a line ending.
  return new LineIndex(whole.text.slice(0, last + 2));
}
