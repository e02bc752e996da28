/** By which rules a file of flows is judged: what the user chose for it, else what lies beside it. */
import * as vscode from 'vscode';
import { documentName, openRules, rulesFiles } from '../documents/rulesDocument.ts';
import { beside } from '../documents/snapshotUris.ts';
import { inPick } from '../plainText.ts';

const KEY = 'kubeProxy.rulesOfFlows';

/** Beside a file of flows, the first of these that is there. */
const names = [...rulesFiles, 'nft.txt', 'ipvsadm-save.txt'];

const MOST_OFFERED = 200;

interface RulesItem extends vscode.QuickPickItem {
  /** Null: another file is asked for. */
  readonly uri: vscode.Uri | null;
}

export class RulesOfFlows implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with a file of flows for which others were chosen. */
  readonly onDidChoose = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Null where nobody chose any and none lie beside it. */
  async of(flows: vscode.Uri): Promise<vscode.Uri | null> {
    const chosen = this.#chosen[flows.toString()];
    if (typeof chosen === 'string') return vscode.Uri.parse(chosen, true);
    for (const name of names) {
      const uri = beside(flows, name);
      if (await isThere(uri)) return uri;
    }
    return null;
  }

  /** The files that are judged by these rules: those for which they were chosen, and those beside them. */
  async filesOf(rules: vscode.Uri): Promise<readonly vscode.Uri[]> {
    const wanted = rules.toString();
    const chosen = Object.entries(this.#chosen).flatMap(([file, of]) => (of === wanted ? [file] : []));
    const around = (await flowsIn(vscode.Uri.joinPath(rules, '..'))).map(String);
    const files = [...new Set([...around, ...chosen])].map((file) => vscode.Uri.parse(file, true));
    const own = await Promise.all(files.map(async (file) => (await this.of(file))?.toString() === wanted));
    return files.filter((_, at) => own[at]);
  }

  /** As `of`; asks where that is null. Null when the user takes it back. */
  async ask(flows: vscode.Uri): Promise<vscode.Uri | null> {
    return (await this.of(flows)) ?? (await this.choose(flows));
  }

  /** Asks, and remembers the answer with the workspace. Null when the user takes it back. */
  async choose(flows: vscode.Uri): Promise<vscode.Uri | null> {
    const placeHolder = vscode.l10n.t('By which rules is {0} judged?', inPick(documentName(flows)));
    const item = await vscode.window.showQuickPick(offered(), { placeHolder, matchOnDescription: true });
    if (item === undefined) return null;
    const uri = item.uri ?? (await openedFile());
    if (uri !== null) await this.remember(flows, uri);
    return uri;
  }

  async remember(flows: vscode.Uri, rules: vscode.Uri): Promise<void> {
    await this.#memory.update(KEY, { ...this.#chosen, [flows.toString()]: rules.toString() });
    this.#changed.fire(flows);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  get #chosen(): Readonly<Record<string, unknown>> {
    return Object(this.#memory.get(KEY));
  }
}

/** Rules that are open, then those of the workspace, then any file. */
async function offered(): Promise<readonly RulesItem[]> {
  const open = openRules();
  const pattern = `**/{${names.join(',')}}`;
  const found = await vscode.workspace.findFiles(pattern, undefined, MOST_OFFERED);
  const known = new Set(open.map(String));
  const others = found.filter((uri) => !known.has(uri.toString()));
  return [
    ...[...open, ...others].map((uri) => ({
      label: inPick(documentName(uri)),
      description: inPick(vscode.workspace.asRelativePath(uri)),
      uri,
    })),
    { label: vscode.l10n.t('Another file…'), iconPath: new vscode.ThemeIcon('folder-opened'), uri: null },
  ];
}

async function openedFile(): Promise<vscode.Uri | null> {
  const [file = null] = (await vscode.window.showOpenDialog({ canSelectMany: false })) ?? [];
  return file;
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    // Whatever keeps us from seeing it, it cannot be read either.
    return false;
  }
}

async function flowsIn(folder: vscode.Uri): Promise<readonly vscode.Uri[]> {
  try {
    const found = await vscode.workspace.fs.readDirectory(folder);
    return found
      .filter(([name]) => /(?:^|\.)flows\.jsonl$/u.test(name))
      .map(([name]) => vscode.Uri.joinPath(folder, name));
  } catch {
    // Rules that lie in no folder, such as a live node's.
    return [];
  }
}
