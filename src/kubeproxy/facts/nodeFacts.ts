/** Which facts of a node stand, out of texts of any name: those that somebody named, and those that lie beside the rules. */
import type { SnapshotFileName } from '../../kernel/snapshot.ts';
import type { ContentKind } from './contentKind.ts';
import type { Contents } from './contents.ts';
import { factFilesOf } from './factFiles.ts';
import { whatIsIn } from './whatItIs.ts';

/** A text that may hold facts. `id` tells it from others: its path, its address. */
export interface FactFile {
  readonly id: string;
  readonly contents: Contents;
}

export interface NodeFacts {
  /** As files of a snapshot, each with the texts that it was made of. */
  readonly files: ReadonlyMap<SnapshotFileName, { readonly ids: readonly string[]; readonly text: string }>;
  /** One for each text, in their order. */
  readonly uses: readonly FactUse[];
}

/** What becomes of one text. */
export interface FactUse {
  readonly id: string;
  /** What of it is used: `addresses and routes`; empty where nothing is. */
  readonly taken: string;
  /** Why nothing of it is used, or not all; null where all is. */
  readonly unused: Unused | null;
}

export type Unused =
  | { readonly kind: 'empty' }
  /** `begins`: its first line with a text, cut. */
  | { readonly kind: 'unknown'; readonly begins: string }
  /** It is of another use: `what` it holds, in words. */
  | { readonly kind: 'other'; readonly of: ContentKind; readonly what: string }
  /** It lacks what would make a fact of it. */
  | { readonly kind: 'lacking'; readonly of: Lacking }
  /** Several lie beside the rules that hold the same. */
  | { readonly kind: 'doubled'; readonly ids: readonly string[] };

/** Of no snapshot's file. */
const LACKING = [
  'connection-events',
  'old-ipv6-routes',
  'route-answers',
] as const satisfies readonly ContentKind[];
export type Lacking = (typeof LACKING)[number];
const NO_FACT: ReadonlySet<ContentKind> = new Set(['rules', 'kernel-trace', 'packets', ...LACKING]);

/** Of these there may be several texts: parts of one whole. */
const MANY: ReadonlySet<SnapshotFileName> = new Set([
  'objects.json',
  'sysctl.txt',
  'ipset-save.txt',
  'sockets.txt',
]);

/** Of texts that somebody named as facts of this node: several of one kind are one. */
export function namedFacts(given: readonly FactFile[]): NodeFacts {
  return {
    files: filesOf(given),
    uses: given.map(({ id, contents }) => ({
      id,
      taken: whatIsIn({ ...contents, parts: contents.parts.filter(({ kind }) => !NO_FACT.has(kind)) }),
      unused: unusedOf(contents),
    })),
  };
}

/** Of texts that were found beside the rules, only those that hold facts; of a kind that two of them hold neither is used: they may be of two nodes. */
export function factsBeside(found: readonly FactFile[]): NodeFacts {
  const facts = found.filter(({ contents }) => isFacts(contents));
  const doubled = doubledFiles(facts);
  const used = facts.map((file) => without(doubled, file));
  const dropped = facts
    .filter(({ contents }) => namesOf(contents).some((name) => doubled.has(name)))
    .map(({ id }) => id);
  return {
    files: filesOf(used),
    uses: used.map(({ id, contents }) => ({
      id,
      taken: whatIsIn(contents),
      unused: dropped.includes(id) ? { kind: 'doubled', ids: dropped } : null,
    })),
  };
}

function unusedOf({ parts, firstOther }: Contents): Unused | null {
  const [first] = parts;
  if (first === undefined)
    return firstOther === null ? { kind: 'empty' } : { kind: 'unknown', begins: firstOther };
  const lacking = LACKING.find((of) => parts.some(({ kind }) => kind === of));
  if (lacking !== undefined) return { kind: 'lacking', of: lacking };
  const other = parts.find(({ kind }) => NO_FACT.has(kind));
  if (other === undefined) return null;
  const what = whatIsIn({ parts: parts.filter(({ kind }) => NO_FACT.has(kind)) });
  return { kind: 'other', of: other.kind, what };
}

/** Notes and scripts quote a line of this and that: facts are the most of a file. */
function isFacts({ parts, others }: Contents): boolean {
  const lines = parts.reduce((sum, { text }) => sum + text.split('\n').length, 0);
  return parts.length > 0 && parts.every(({ kind }) => !NO_FACT.has(kind)) && others < lines;
}

/** The snapshot's files that the parts of a text belong to. */
function namesOf(contents: Contents): readonly SnapshotFileName[] {
  return [...factFilesOf([contents]).keys()];
}

function doubledFiles(files: readonly FactFile[]): ReadonlySet<SnapshotFileName> {
  const all = files.flatMap(({ contents }) => namesOf(contents));
  return new Set(all.filter((name, at) => !MANY.has(name) && all.indexOf(name) !== at));
}

function without(doubled: ReadonlySet<SnapshotFileName>, { id, contents }: FactFile): FactFile {
  const parts = contents.parts.filter((part) =>
    namesOf({ ...contents, parts: [part] }).every((name) => !doubled.has(name)),
  );
  return { id, contents: { ...contents, parts } };
}

function filesOf(files: readonly FactFile[]): NodeFacts['files'] {
  const texts = factFilesOf(files.map(({ contents }) => contents));
  return new Map(
    [...texts].map(([name, text]) => {
      const from = files.filter(({ contents }) => namesOf(contents).includes(name));
      return [name, { ids: from.map(({ id }) => id), text }];
    }),
  );
}
