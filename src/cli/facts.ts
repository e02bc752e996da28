/** Facts of a node in files of any name: those that the user names, and those beside the rules. Told apart by content. */
import { promises } from 'node:fs';
import { basename, join } from 'node:path';
import type { ContentKind } from '../kubeproxy/facts/contentKind.ts';
import { type Contents, contentsOf } from '../kubeproxy/facts/contents.ts';
import { factFilesOf } from '../kubeproxy/facts/factFiles.ts';
import { whatIsIn } from '../kubeproxy/facts/whatItIs.ts';
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

interface FactFile {
  readonly path: string;
  readonly contents: Contents;
}

export const NO_FACTS: Facts = { files: new Map(), notices: [] };

/** Reads the files that `--facts` names. One that cannot be read, or holds no facts, is a notice. */
export async function readFacts(paths: readonly string[]): Promise<Facts> {
  const files: FactFile[] = [];
  const notices: string[] = [];
  for (const path of paths) {
    try {
      const contents = contentsOf(decodeRules(await readGiven(path)).text);
      const problem = unusedWords(path, contents);
      if (problem !== null) notices.push(problem);
      files.push({ path, contents });
    } catch (error) {
      notices.push(await cannotBeRead(path, error));
    }
  }
  return { files: filesOf(files), notices };
}

/** What `--facts` cannot use, by what it looks like. */
function unusedWords(path: string, contents: Contents): string | null {
  const name = `"${plain(path)}"`;
  const { parts, firstOther } = contents;
  if (parts.length === 0) {
    return firstOther === null
      ? `${name} is empty: there are no facts in it.`
      : `${name} holds no facts that are known: it begins with "${plain(firstOther)}". ${WHAT_IS_READ}`;
  }
  const [first] = parts;
  if (first !== undefined && parts.every(({ kind }) => kind === first.kind)) {
    const remedy = REMEDIES[first.kind];
    if (remedy !== undefined) return `${name} holds ${whatIsIn(contents)}, no facts: ${remedy}`;
  }
  return parts.some(({ kind }) => kind === 'connection-events')
    ? `${name} holds events of connections ("conntrack -E"): they do not tell all that the node knows, "conntrack -L" does.`
    : null;
}

/** Of no snapshot's file. */
const NO_FACT: ReadonlySet<ContentKind> = new Set(['rules', 'kernel-trace', 'packets', 'connection-events']);

const WHAT_IS_READ =
  'Read are the outputs of ip addr, ip route, ip rule, ifconfig, route -n, ipset, sysctl -a, bridge -d link, conntrack -L, nft list ruleset, and of kubectl get -o json or yaml, get pods and nodes, describe service.';

/** Of a folder so many files are looked at, none of which is larger. */
const MOST_FILES = 64;
const LARGEST = 8 * 1024 * 1024;

/** Of these a folder may hold several files: parts of one whole. */
const MANY: ReadonlySet<SnapshotFileName> = new Set(['objects.json', 'sysctl.txt', 'ipset-save.txt']);

/**
 * What lies in a snapshot's folder under any other name than the snapshot's own. Regular files alone are read, and of a kind
 * that two of them hold neither is used: they may be of two nodes.
 */
export async function factsBeside(folder: string): Promise<Facts> {
  const found: FactFile[] = [];
  const names = (await promises.readdir(folder)).toSorted().filter(isOther);
  for (const name of names.slice(0, MOST_FILES)) {
    const contents = await contentsBeside(join(folder, name));
    if (contents !== null) found.push({ path: join(folder, name), contents });
  }
  const doubled = doubledFiles(found);
  const used = found.map((file) => without(doubled, file));
  const dropped = found.filter((file) => namesOf(file.contents).some((name) => doubled.has(name)));
  const told = used
    .filter(({ contents }) => contents.parts.length > 0)
    .map(({ path, contents }) => `"${plain(path)}" is used: it holds ${whatIsIn(contents)}.`);
  return { files: filesOf(used), notices: [...told, ...doubledWords(dropped)] };
}

function doubledWords(dropped: readonly FactFile[]): readonly string[] {
  if (dropped.length === 0) return [];
  const names = dropped.map(({ path }) => `"${plain(basename(path))}"`).join(' and ');
  return [
    `${names} hold the same: which of them is of this node is not known, and none is used. --facts says which.`,
  ];
}

function isOther(name: string): boolean {
  return !name.startsWith('.') && !snapshotFileNames.some((each) => each === name);
}

/** Null for what is not read: no regular file, too large, binary, or without facts. */
async function contentsBeside(path: string): Promise<Contents | null> {
  try {
    const stats = await promises.stat(path);
    if (!stats.isFile() || stats.size > LARGEST || stats.size === 0) return null;
    const bytes = await readBeside(path);
    if (bytes.subarray(0, 1000).includes(0)) return null;
    const { parts, others, firstOther } = contentsOf(decodeRules(bytes).text);
    // Notes and scripts quote a line of this and that: facts are the most of a file.
    const lines = parts.reduce((sum, { text }) => sum + text.split('\n').length, 0);
    const facts = parts.filter(({ kind }) => !NO_FACT.has(kind));
    const isFacts = facts.length > 0 && facts.length === parts.length && others < lines;
    return isFacts ? { parts: facts, others, firstOther } : null;
  } catch {
    return null;
  }
}

/** The snapshot's files that the parts of a text belong to. */
function namesOf(contents: Contents): readonly SnapshotFileName[] {
  return [...factFilesOf([contents]).keys()];
}

function doubledFiles(files: readonly FactFile[]): ReadonlySet<SnapshotFileName> {
  const all = files.flatMap(({ contents }) => namesOf(contents));
  return new Set(all.filter((name, at) => !MANY.has(name) && all.indexOf(name) !== at));
}

function without(doubled: ReadonlySet<SnapshotFileName>, { path, contents }: FactFile): FactFile {
  const parts = contents.parts.filter((part) =>
    namesOf({ ...contents, parts: [part] }).every((name) => !doubled.has(name)),
  );
  return { path, contents: { ...contents, parts } };
}

function filesOf(files: readonly FactFile[]): ReadonlyMap<SnapshotFileName, FactText> {
  const texts = factFilesOf(files.map(({ contents }) => contents));
  return new Map(
    [...texts].map(([name, text]) => {
      const from = files.filter(({ contents }) => namesOf(contents).includes(name));
      return [name, { path: from.map(({ path }) => path).join(', '), text }];
    }),
  );
}
