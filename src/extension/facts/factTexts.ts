/** The texts that may tell of a node: those that the user named and those in the folder of a snapshot. Read, watched, never kept. */
import * as vscode from 'vscode';
import { liveScheme } from '../../protocol/liveUri.ts';
import type { FactText, FactTexts as Texts, UnreadFact } from '../../protocol/facts.ts';
import { fileName } from '../documents/heldTexts.ts';
import { readText } from '../documents/readText.ts';
import { largestFile } from '../documents/siblings.ts';
import { inMessage } from '../plainText.ts';
import { factsKey, isSnapshotRules, type GivenFacts } from './givenFacts.ts';

/** Of a folder so many files are looked at, none of which is larger. */
const MOST_FILES = 64;
const LARGEST_BESIDE = 8 * 1024 * 1024;
/** A zero byte among so many first characters: no text. */
const LOOKED_AT = 1000;

/** Reads the texts, and from then on tells `changed` the rules whose facts are not what they were. */
export class FactTexts implements vscode.Disposable {
  readonly #given: GivenFacts;
  readonly #changed: (rules: string) => void;
  /** The rules that asked, each with what its texts are watched by. */
  readonly #asked = new Map<string, vscode.Disposable>();
  /** The rules that asked, and the addresses that their facts were read from. */
  readonly #read = new Map<string, ReadonlySet<string>>();
  readonly #subscriptions: vscode.Disposable;

  constructor(given: GivenFacts, changed: (rules: string) => void) {
    this.#given = given;
    this.#changed = changed;
    this.#subscriptions = vscode.Disposable.from(
      given.onDidChange((key) => {
        for (const rules of this.#asked.keys()) {
          if (factsKey(vscode.Uri.parse(rules, true)) === key) this.#changed(rules);
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#report(document.uri)),
    );
  }

  /** `snapshotNames`: files that count by their names, not by what they hold. */
  async read(rules: vscode.Uri, snapshotNames: readonly string[]): Promise<Texts> {
    const given = this.#given.of(rules);
    const beside = isSnapshotRules(rules) ? await filesBeside(rules, snapshotNames) : [];
    this.#watch(rules, given, snapshotNames);
    const [named, found] = [await readAll(given, largestFile), await readAll(beside, LARGEST_BESIDE)];
    const all = [...named.texts, ...named.unread, ...found.texts].map(({ uri }) => uri);
    this.#read.set(rules.toString(), new Set(all));
    return { given: named.texts, unread: named.unread, beside: found.texts.filter(isText) };
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, ...this.#asked.values()).dispose();
  }

  #watch(rules: vscode.Uri, given: readonly vscode.Uri[], snapshotNames: readonly string[]): void {
    const key = rules.toString();
    this.#asked.get(key)?.dispose();
    const own = given.map((uri) =>
      watcherOf(vscode.Uri.joinPath(uri, '..'), globOf(fileName(uri)), () => this.#changed(key)),
    );
    const folder = vscode.Uri.joinPath(rules, '..');
    const besides = isSnapshotRules(rules)
      ? [
          watcherOf(folder, '*', (uri) => {
            if (!snapshotNames.includes(fileName(uri))) this.#changed(key);
          }),
        ]
      : [];
    this.#asked.set(key, vscode.Disposable.from(...own, ...besides));
  }

  /** A text that is edited counts as it stands in the editor. */
  #report(edited: vscode.Uri): void {
    const uri = edited.toString();
    for (const [rules, read] of this.#read) if (read.has(uri)) this.#changed(rules);
  }
}

function watcherOf(folder: vscode.Uri, glob: string, told: (uri: vscode.Uri) => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, glob));
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(told),
    watcher.onDidChange(told),
    watcher.onDidDelete(told),
  );
}

/** A name that says nothing else than itself: any character but letters, digits, dots and dashes may be any. */
function globOf(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?');
}

async function filesBeside(
  rules: vscode.Uri,
  snapshotNames: readonly string[],
): Promise<readonly vscode.Uri[]> {
  if (rules.scheme === liveScheme) return [];
  try {
    const folder = vscode.Uri.joinPath(rules, '..');
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => type === vscode.FileType.File && !name.startsWith('.'))
      .map(([name]) => name)
      .filter((name) => !snapshotNames.includes(name))
      .toSorted()
      .slice(0, MOST_FILES)
      .map((name) => vscode.Uri.joinPath(folder, name));
  } catch {
    // A folder that cannot be listed holds nothing that we could use.
    return [];
  }
}

interface Read {
  readonly texts: readonly FactText[];
  readonly unread: readonly UnreadFact[];
}

async function readAll(uris: readonly vscode.Uri[], most: number): Promise<Read> {
  const read = await Promise.all(uris.map(async (uri) => ({ uri, read: await readText(uri, most) })));
  return {
    texts: read.flatMap(({ uri, read: found }) =>
      found !== null && 'text' in found
        ? [{ uri: uri.toString(), name: fileName(uri), text: found.text }]
        : [],
    ),
    unread: read.flatMap(({ uri, read: found }) => {
      if (found !== null && 'text' in found) return [];
      const reason = found?.problem ?? vscode.l10n.t('is not there any more: add it again, or remove it.');
      return [{ uri: uri.toString(), name: fileName(uri), reason: inMessage(reason) }];
    }),
  };
}

function isText({ text }: FactText): boolean {
  return text !== '' && !text.slice(0, LOOKED_AT).includes('\0');
}
