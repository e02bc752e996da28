/**
 * Rules of a node that decide about packets and that no trace follows, so that each trace must say that they are: those of the
 * other backend of iptables. Of tables of nftables that see frames `frames.ts` tells.
 */
import type { Family } from '../../kernel/flow.ts';
import type { SnapshotFiles } from '../../kernel/snapshot.ts';
import type { RulesFileName, Source, Sources } from '../sources.ts';
import { readSnapshotInfo } from '../../kernel/node/snapshotInfo.ts';

export type OtherRule =
  /** `file`: of the snapshot, which its rules are of. `chains`: those with rules; none where its rules are those that are followed. */
  | {
      readonly kind: 'backend';
      readonly backend: 'legacy' | 'nft';
      readonly file: RulesFileName;
      readonly chains: ReadonlySet<string>;
    }
  /** Of the legacy backend, which is known only by a warning of the other one. */
  | { readonly kind: 'warning' };

export type OtherRules = Readonly<Record<Family, readonly OtherRule[]>>;

/** `rules of the legacy backend` */
export function wordsOfOther(rule: OtherRule): string {
  switch (rule.kind) {
    case 'backend':
      return `rules of the ${rule.backend} backend`;
    default:
      return 'tables of the legacy backend (iptables-save warns of them)';
  }
}

/** So many of them are named. */
const MOST_OTHERS = 5;

/** `rules of the legacy backend`; empty where there are none. */
export function otherRulesWords(others: readonly OtherRule[]): string {
  const words = [...new Set(others.map(wordsOfOther))];
  const more = words.length > MOST_OTHERS ? ` and ${words.length - MOST_OTHERS} more` : '';
  return `${words.slice(0, MOST_OTHERS).join(', ')}${more}`;
}

/** Never throws: what cannot be read is as if it were not there. `sources`: the rules of iptables, in `files` and elsewhere. */
export function readOtherRules(files: SnapshotFiles, sources: Sources): OtherRules {
  const warned: readonly OtherRule[] =
    !lookedIntoLegacy(files) && isWarned(files) ? [{ kind: 'warning' }] : [];
  const ofFamily = (family: Family): readonly OtherRule[] => {
    const backends = otherBackends(sources, family);
    const isLegacyKnown = sources
      .all()
      .some((source) => source.backend === 'legacy' && hasRules(source, family));
    return [...backends, ...(isLegacyKnown ? [] : warned)];
  };
  return { 4: ofFamily(4), 6: ofFamily(6) };
}

/** The rules of iptables that the engine does not follow for a family. */
function otherBackends(sources: Sources, family: Family): readonly OtherRule[] {
  const followed = sources.followed(family);
  return sources.all().flatMap((source) => {
    if (source.id === followed?.id || !hasRules(source, family)) return [];
    // The main one is not called after its backend: it is of the one that the followed rules are not of.
    const backend = source.backend ?? (followed?.backend === 'legacy' ? 'nft' : 'legacy');
    const isSame = followed !== null && rulesIn(followed.ruleset.text) === rulesIn(source.ruleset.text);
    const chains = new Set(isSame ? [] : chainsWithRules(source));
    return [{ kind: 'backend', backend, file: source.text.file, chains }] as const;
  });
}

function hasRules(source: Source, family: Family): boolean {
  return source.families.includes(family) && chainsWithRules(source).length > 0;
}

function chainsWithRules({ ruleset }: Source): readonly string[] {
  const chains = ruleset.tables.flatMap((table) => [...table.chains.values()]);
  return chains.filter(({ rules }) => rules.length > 0).map(({ name }) => name);
}

/** Without what differs between two listings of the same rules: comments and counters. */
function rulesIn(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(?:\[\d+:\d+\] )?-/.test(line))
    .map((line) => line.replace(/^\[\d+:\d+\] /, '').trimEnd())
    .join('\n');
}

/** Who took a whole snapshot has, unless it says that it could not. */
function lookedIntoLegacy(files: SnapshotFiles): boolean {
  const info = readSnapshotInfo(files.get('snapshot.json') ?? '').value;
  return info !== null && !info.missing.has('iptables-legacy-save.txt');
}

/** `iptables-save` of the nft backend warns of the other one's tables. */
function isWarned(files: SnapshotFiles): boolean {
  return (['iptables-save.txt', 'ip6tables-save.txt'] as const).some((name) =>
    files.get(name)?.includes('# Warning: iptables-legacy tables present'),
  );
}
