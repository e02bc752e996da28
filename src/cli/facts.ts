/** Facts of a node in files of any name: those that the user names, and those beside the rules. Told apart by content. */
import { promises } from 'node:fs';
import { basename, join } from 'node:path';
import { type Contents, contentsOf } from '../kubeproxy/facts/contents.ts';
import { factsInIpvs, factsInRules } from '../kubeproxy/facts/factsInRules.ts';
import {
  type FactFile,
  factsBeside as factsOfTexts,
  namedFacts,
  type NodeFacts,
} from '../kubeproxy/facts/nodeFacts.ts';
import { unusedWords } from '../kubeproxy/facts/unusedWords.ts';
import { nftFileOf } from '../kubeproxy/nftSource.ts';
import type { Ruleset } from '../rules/iptables/nodes.ts';
import { snapshotFileNames, type SnapshotFileName } from '../kernel/snapshot.ts';
import { decodeRules } from '../text/decode.ts';
import { readBeside, readGiven } from './readFile.ts';
import { REMEDIES } from './remedies.ts';
import { plain } from './terminal.ts';
import { cannotBeRead } from './unreadable.ts';

/** What was read of files of any name. */
export interface Facts {
  /** As files of a snapshot. */
  readonly files: ReadonlyMap<SnapshotFileName, FactText>;
  /** A sentence for each file of which nothing is used, or not all. */
  readonly notices: readonly string[];
}

/** `path`: of the files that it is of, as the user would write them. */
interface FactText {
  readonly path: string;
  readonly text: string;
}

export const NO_FACTS: Facts = { files: new Map(), notices: [] };

/** Reads the files that `--facts` names. One that cannot be read, or holds no facts, is a notice. */
export async function readFacts(paths: readonly string[]): Promise<Facts> {
  const found: FactFile[] = [];
  const notices: string[] = [];
  for (const path of paths) {
    try {
      found.push({ id: path, contents: contentsOf(decodeRules(await readGiven(path)).text) });
    } catch (error) {
      notices.push(await cannotBeRead(path, error));
    }
  }
  const { files, uses } = namedFacts(found);
  const unused = uses.flatMap(({ id, unused: why }) =>
    why === null || why.kind === 'doubled' ? [] : [`"${plain(id)}" ${plain(unusedWords(why, REMEDIES))}`],
  );
  return { files: withPaths(files), notices: [...notices, ...unused] };
}

/** Those that stand in the text of the rules itself. */
export function factsWithin(ruleset: Ruleset, { path, text }: FactText): Facts {
  return withNotices(factsInRules(ruleset, text, path), path);
}

/** The same of a list of ipvsadm's. */
export function factsWithinIpvs({ path, text }: FactText): Facts {
  return withNotices(factsInIpvs(text, path), path);
}

function withNotices({ files, uses }: NodeFacts, path: string): Facts {
  const notices = uses.map(({ taken }) => `"${plain(path)}" also holds ${taken}, which are used.`);
  return { files: withPaths(files), notices };
}

/** Of a folder so many files are looked at, none of which is larger. */
const MOST_FILES = 64;
const LARGEST = 8 * 1024 * 1024;

/**
 * What lies in a snapshot's folder under any other name than the snapshot's own. Regular files alone are read. `present`: what
 * has the snapshot's own name is it, and nothing of any other name stands in for it.
 */
export async function factsBeside(folder: string, present: ReadonlySet<string>): Promise<Facts> {
  const found: FactFile[] = [];
  const names = (await promises.readdir(folder)).toSorted().filter(isOther);
  for (const name of names.slice(0, MOST_FILES)) {
    const path = join(folder, name);
    const contents = await contentsBeside(path);
    if (contents !== null) found.push({ id: path, contents });
  }
  const { files: all, uses } = factsOfTexts(found);
  const files = new Map([...all].filter(([name]) => !isPresent(name, present)));
  const used = new Set([...files.values()].flatMap(({ ids }) => ids));
  const told = uses
    .filter(({ id, taken }) => taken !== '' && used.has(id))
    .map(({ id, taken }) => `"${plain(id)}" is used: it holds ${taken}.`);
  const dropped = uses.filter(({ unused }) => unused !== null).map(({ id }) => id);
  return { files: withPaths(files), notices: [...told, ...doubledWords(dropped)] };
}

/** Both files of nftables hold the same rules. */
function isPresent(name: SnapshotFileName, present: ReadonlySet<string>): boolean {
  return (
    present.has(name) || (nftFileOf(name, '') !== null && (present.has('nft.txt') || present.has('nft.json')))
  );
}

function doubledWords(dropped: readonly string[]): readonly string[] {
  if (dropped.length === 0) return [];
  const names = dropped.map((path) => `"${plain(basename(path))}"`).join(' and ');
  return [
    `${names} hold the same: which of them is of this node is not known, and none is used. --facts says which.`,
  ];
}

function isOther(name: string): boolean {
  return !name.startsWith('.') && !snapshotFileNames.some((each) => each === name);
}

/** Null for what is not read: no regular file, too large, or binary. */
async function contentsBeside(path: string): Promise<Contents | null> {
  try {
    const stats = await promises.stat(path);
    if (!stats.isFile() || stats.size > LARGEST || stats.size === 0) return null;
    const bytes = await readBeside(path);
    return bytes.subarray(0, 1000).includes(0) ? null : contentsOf(decodeRules(bytes).text);
  } catch {
    return null;
  }
}

function withPaths(files: NodeFacts['files']): Facts['files'] {
  return new Map([...files].map(([name, { ids, text }]) => [name, { path: ids.join(', '), text }]));
}
