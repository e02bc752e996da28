/** The other files of a node's snapshot, beside the rules: read through VS Code's file system, so that any file system serves. */
import * as vscode from 'vscode';
import { liveScheme } from '../../protocol/liveUri.ts';
import { readText } from './readText.ts';
import { beside } from './snapshotUris.ts';

/** The files of live nodes, as far as siblings need them. */
export interface LiveSiblings {
  holds(uri: vscode.Uri): boolean;
  readonly onDidChangeFile: vscode.Event<readonly vscode.FileChangeEvent[]>;
}

/** Who has files already. */
export interface SiblingHolders {
  readonly live: LiveSiblings;
  /** Those that the server has need not be sent to it. */
  readonly holds: (uri: string) => boolean;
}

interface SiblingFile {
  readonly uri: string;
  readonly text: string;
}

/** What was read: file name → text and where it is. A file that is not there is in neither. */
export interface ReadSiblings {
  readonly files: Readonly<Record<string, SiblingFile>>;
  /** A sentence for each file that is there but was not read. */
  readonly unreadable: readonly string[];
}

/** A file over this many bytes is left out. */
export const largestFile = 256 * 1024 * 1024;

/** Reads siblings, and from then on tells `changed` the rules whose siblings are not what they were. */
export class Siblings implements vscode.Disposable {
  readonly #changed: (rules: string) => void;
  readonly #watchers = new Map<string, vscode.Disposable>();
  /** Folder → the rules in it that asked. */
  readonly #rules = new Map<string, Set<string>>();
  readonly #holders: SiblingHolders;
  readonly #edits: vscode.Disposable;

  constructor(changed: (rules: string) => void, holders: SiblingHolders) {
    this.#changed = changed;
    this.#holders = holders;
    this.#edits = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#report(document.uri)),
      holders.live.onDidChangeFile((files) => {
        for (const { uri } of files) this.#report(uri);
      }),
    );
  }

  async read(rules: vscode.Uri, names: readonly string[]): Promise<ReadSiblings> {
    const folder = vscode.Uri.joinPath(rules, '..');
    this.#watch(folder, rules, names);
    const files = names.map((name) => ({ name, uri: beside(rules, name) }));
    const there = files.filter(({ uri }) => this.#isToBeRead(uri));
    const found = await Promise.all(there.map(({ name, uri }) => readSibling(uri, name)));
    return {
      files: Object.fromEntries(
        found.flatMap((each) => (each.file === null ? [] : [[each.name, each.file]])),
      ),
      unreadable: found.flatMap((each) => (each.problem === null ? [] : [each.problem])),
    };
  }

  #isToBeRead(uri: vscode.Uri): boolean {
    const { live, holds } = this.#holders;
    return uri.scheme === liveScheme ? live.holds(uri) : !holds(uri.toString());
  }

  dispose(): void {
    this.#edits.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
  }

  #watch(folder: vscode.Uri, rules: vscode.Uri, names: readonly string[]): void {
    const key = folder.toString();
    this.#rules.set(key, (this.#rules.get(key) ?? new Set()).add(rules.toString()));
    if (this.#watchers.has(key) || folder.scheme === liveScheme) return;
    const pattern = new vscode.RelativePattern(folder, `{${names.join(',')}}`);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const report = (file: vscode.Uri): void => this.#report(file);
    const listeners = [watcher.onDidCreate(report), watcher.onDidChange(report), watcher.onDidDelete(report)];
    this.#watchers.set(key, vscode.Disposable.from(watcher, ...listeners));
  }

  #report(file: vscode.Uri): void {
    const rules = this.#rules.get(vscode.Uri.joinPath(file, '..').toString()) ?? [];
    for (const each of rules) if (each !== file.toString()) this.#changed(each);
  }
}

interface Found {
  readonly name: string;
  readonly file: SiblingFile | null;
  readonly problem: string | null;
}

async function readSibling(uri: vscode.Uri, name: string): Promise<Found> {
  const read = await readText(uri, largestFile);
  if (read === null) return { name, file: null, problem: null };
  return 'problem' in read
    ? { name, file: null, problem: read.problem }
    : { name, file: { uri: uri.toString(), text: read.text }, problem: null };
}
