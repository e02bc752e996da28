/** Which files the user named as facts, by the rules that they are for. Their addresses are kept with the workspace; what they hold is not. */
import * as vscode from 'vscode';
import { heldScheme } from '../documents/heldTexts.ts';
import { rulesFiles } from '../documents/rulesDocument.ts';

const KEY = 'kubeProxy.facts';
/** Of so many rules the facts are kept: of those to which something was added last. */
const MOST_RULES = 50;
/** For one document's rules. */
const MOST_FACTS = 100;

export class GivenFacts implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<string>();
  /** Fires with the key (`factsKey`) of the rules whose facts are others now. */
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  #byRules: ReadonlyMap<string, readonly string[]>;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#byRules = readKept(memory.get(KEY));
    // The next untitled document of that name holds other rules.
    this.#subscription = vscode.workspace.onDidCloseTextDocument(({ isUntitled, uri }) => {
      if (isUntitled && this.of(uri).length > 0) this.#set(uri, []);
    });
  }

  of(rules: vscode.Uri): readonly vscode.Uri[] {
    return (this.#byRules.get(factsKey(rules)) ?? []).map((uri) => vscode.Uri.parse(uri, true));
  }

  /** Those that are there already are not added again. */
  add(rules: vscode.Uri, facts: readonly vscode.Uri[]): void {
    const all = [...this.of(rules), ...facts].map((uri) => uri.toString());
    this.#set(rules, [...new Set(all)].slice(0, MOST_FACTS));
  }

  remove(rules: vscode.Uri, fact: string): void {
    const kept = this.of(rules).map((uri) => uri.toString());
    this.#set(
      rules,
      kept.filter((uri) => uri !== fact),
    );
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscription, this.#changed).dispose();
  }

  #set(rules: vscode.Uri, facts: readonly string[]): void {
    const key = factsKey(rules);
    const others = [...this.#byRules].filter(([each]) => each !== key);
    const all = facts.length === 0 ? others : [...others, [key, facts] as const];
    this.#byRules = new Map(all.slice(-MOST_RULES));
    // What is held in memory is gone after a reload.
    const lasting = [...this.#byRules].map(([each, uris]) => [
      each,
      uris.filter((uri) => !uri.startsWith(`${heldScheme}:`)),
    ]);
    void this.#memory.update(KEY, lasting);
    this.#changed.fire(key);
  }
}

/** Rules with the same key are one node's: all files of a snapshot by their folder, another document by itself. */
export function factsKey(rules: vscode.Uri): string {
  return isSnapshotRules(rules) ? vscode.Uri.joinPath(rules, '..').toString() : rules.toString();
}

/** Whether a file of rules has the name that a snapshot gives it, so that what lies beside it is of the same node. */
export function isSnapshotRules({ path }: vscode.Uri): boolean {
  return rulesFiles.includes(path.slice(path.lastIndexOf('/') + 1));
}

/** What an earlier version kept may be of another shape. */
function readKept(kept: unknown): ReadonlyMap<string, readonly string[]> {
  const entries: readonly unknown[] = Array.isArray(kept) ? kept : [];
  return new Map(entries.flatMap((entry) => (isEntry(entry) ? [entry] : [])));
}

function isEntry(entry: unknown): entry is readonly [string, readonly string[]] {
  if (!Array.isArray(entry)) return false;
  const [key, uris]: readonly unknown[] = entry;
  return typeof key === 'string' && Array.isArray(uris) && uris.every((uri) => typeof uri === 'string');
}
