/** Which files of flows may be judged otherwise by now: their text, their rules or the choice of rules changed. */
import * as vscode from 'vscode';
import type { WhatIfCopies } from '../documents/whatIfCopies.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { FlowItems } from './flowItems.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

/** Somebody types, and a file is written in pieces: it fires when that rests. */
const REST_MILLISECONDS = 300;

/** What is followed. */
interface Followed {
  readonly server: RulesServer;
  readonly copies: WhatIfCopies;
  readonly items: FlowItems;
  readonly rules: RulesOfFlows;
}

export class FollowedFlows implements vscode.Disposable {
  readonly #items: FlowItems;
  readonly #rules: RulesOfFlows;
  readonly #copies: WhatIfCopies;
  readonly #changed = new vscode.EventEmitter<vscode.TestItem>();
  /** Fires with the row of the file. */
  readonly onDidChange = this.#changed.event;
  readonly #waiting = new Set<string>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ server, copies, items, rules }: Followed) {
    this.#items = items;
    this.#rules = rules;
    this.#copies = copies;
    this.#subscriptions = vscode.Disposable.from(
      server.onDidChangeRules((uri) => void this.#rulesChanged(uri)),
      items.onDidChange((uri) => this.#soon(uri)),
      rules.onDidChoose((uri) => this.#soon(uri)),
    );
  }

  /** Rules that no editor shows are watched on the disk. */
  watch(rules: vscode.Uri): void {
    const key = rules.toString();
    if (this.#watchers.has(key) || rules.scheme !== 'file') return;
    const folder = vscode.Uri.joinPath(rules, '..');
    const name = rules.path.slice(rules.path.lastIndexOf('/') + 1);
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
    watcher.onDidChange(() => void this.#rulesChanged(key));
    this.#watchers.set(key, watcher);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(this.#subscriptions, this.#changed, ...this.#watchers.values()).dispose();
  }

  /** Of a copy as of what it was made of: one of the runs may go through it. */
  async #rulesChanged(changed: string): Promise<void> {
    const rules = (this.#copies.originOf(vscode.Uri.parse(changed)) ?? changed).toString();
    for (const file of this.#items.files) {
      const own = file.uri === undefined ? null : await this.#rules.of(file.uri);
      if (file.uri !== undefined && own?.toString() === rules) this.#soon(file.uri);
    }
  }

  #soon(flows: vscode.Uri): void {
    this.#waiting.add(flows.toString());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), REST_MILLISECONDS);
  }

  #tell(): void {
    const waiting = new Set(this.#waiting);
    this.#waiting.clear();
    for (const file of this.#items.files) if (waiting.has(file.id)) this.#changed.fire(file);
  }
}
