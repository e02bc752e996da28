/** The tests of the Testing view: a row for each file of flows, and one for each of its lines. */
import * as vscode from 'vscode';
import type { JudgedLine } from '../../protocol/flowTests.ts';
import { readText } from '../documents/readText.ts';
import { inPick } from '../plainText.ts';
import { type FlowLine, flowsGlob, isFlows, largestFlows, linesOf } from './flowFiles.ts';

const MOST_FILES = 1_000;

/** A test, and the line that it stands for. */
export interface FlowTest {
  readonly item: vscode.TestItem;
  readonly line: FlowLine;
}

export class FlowItems implements vscode.Disposable {
  readonly #controller: vscode.TestController;
  readonly #lines = new WeakMap<vscode.TestItem, FlowLine>();
  readonly #judged = new WeakMap<vscode.TestItem, JudgedLine>();
  readonly #judgedSome = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with a file of which lines were judged. */
  readonly onDidJudge = this.#judgedSome.event;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Fires with a file whose text may be another one. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;
  #watcher: vscode.Disposable | null = null;

  constructor(controller: vscode.TestController) {
    this.#controller = controller;
    controller.resolveHandler = (item) => (item === undefined ? this.discover() : this.fill(item));
    controller.refreshHandler = () => this.discover();
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => this.#follow(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#follow(document)),
    );
    for (const document of vscode.workspace.textDocuments) this.#follow(document);
  }

  /** Finds the files of the workspace, and follows them from then on. */
  async discover(): Promise<void> {
    this.#watch();
    for (const uri of await vscode.workspace.findFiles(flowsGlob, undefined, MOST_FILES)) {
      await this.fill(this.#file(uri));
    }
  }

  /** The row of a file, which is made where there is none yet. */
  async ofFile(uri: vscode.Uri): Promise<vscode.TestItem> {
    const file = this.#file(uri);
    await this.fill(file);
    return file;
  }

  /** Reads the file's lines again. The row of a file that is gone goes with it. */
  async fill(item: vscode.TestItem): Promise<void> {
    if (item.uri === undefined || this.#lines.has(item)) return;
    const read = await readText(item.uri, largestFlows);
    if (read === null) this.#controller.items.delete(item.id);
    else if ('problem' in read) item.error = read.problem;
    else this.#show(item, read.text);
  }

  /** The tests of a row: the lines of a file, or the one that the row is. */
  testsOf(item: vscode.TestItem): readonly FlowTest[] {
    const line = this.#lines.get(item);
    if (line !== undefined) return [{ item, line }];
    return [...item.children].flatMap(([, child]) => this.testsOf(child));
  }

  get files(): readonly vscode.TestItem[] {
    return [...this.#controller.items].map(([, item]) => item);
  }

  /** The tests of these rows, without those of `except`, by file. Files that were not read yet are. */
  async byFile(
    rows: readonly vscode.TestItem[],
    except: readonly vscode.TestItem[],
  ): Promise<ReadonlyMap<vscode.TestItem, readonly FlowTest[]>> {
    await Promise.all(rows.filter((row) => row.children.size === 0).map((row) => this.fill(row)));
    const found = new Map<vscode.TestItem, FlowTest[]>();
    const left = new Set(except);
    for (const test of rows.flatMap((row) => this.testsOf(row))) {
      const file = test.item.parent;
      if (file === undefined || left.has(test.item) || left.has(file)) continue;
      const tests = found.get(file) ?? [];
      tests.push(test);
      found.set(file, tests);
    }
    return found;
  }

  /** Null where the line is no test. */
  at(uri: vscode.Uri, line: number): FlowTest | null {
    const file = this.#controller.items.get(uri.toString());
    const tests = file === undefined ? [] : this.testsOf(file);
    return tests.find((each) => each.line.line === line) ?? null;
  }

  /** Keeps what came of tests of one file, until their text changes. */
  keep(file: vscode.Uri, judged: ReadonlyMap<vscode.TestItem, JudgedLine>): void {
    for (const [item, result] of judged) this.#judged.set(item, result);
    this.#judgedSome.fire(file);
  }

  /** What came of a test; null where it was not run yet. */
  judged(item: vscode.TestItem): JudgedLine | null {
    return this.#judged.get(item) ?? null;
  }

  dispose(): void {
    this.#watcher?.dispose();
    vscode.Disposable.from(this.#subscriptions, this.#changed, this.#judgedSome).dispose();
  }

  #file(uri: vscode.Uri): vscode.TestItem {
    const known = this.#controller.items.get(uri.toString());
    if (known !== undefined) return known;
    const label = inPick(vscode.workspace.asRelativePath(uri));
    const item = this.#controller.createTestItem(uri.toString(), label, uri);
    item.canResolveChildren = true;
    this.#controller.items.add(item);
    return item;
  }

  #follow(document: vscode.TextDocument): void {
    if (!isFlows(document)) return;
    this.#show(this.#file(document.uri), document.getText());
    this.#changed.fire(document.uri);
  }

  #show(file: vscode.TestItem, text: string): void {
    file.error = undefined;
    const { uri } = file;
    if (uri === undefined) return;
    file.children.replace(linesOf(text).map((line) => this.#test(file, uri, line)));
  }

  /** A row that is there already keeps what came of it, unless its text is another one. */
  #test(file: vscode.TestItem, uri: vscode.Uri, line: FlowLine): vscode.TestItem {
    const label = inPick(line.name);
    const known = file.children.get(line.key);
    const item = known ?? this.#controller.createTestItem(line.key, label, uri);
    if (known !== undefined && this.#lines.get(known)?.text !== line.text) {
      this.#controller.invalidateTestResults(known);
      this.#judged.delete(known);
    }
    this.#lines.set(item, line);
    item.label = label;
    item.range = new vscode.Range(line.line, 0, line.line, line.text.length);
    item.sortText = String(line.line).padStart(8, '0');
    return item;
  }

  #watch(): void {
    if (this.#watcher !== null) return;
    const watcher = vscode.workspace.createFileSystemWatcher(flowsGlob);
    const read = (uri: vscode.Uri): void => void this.ofFile(uri).then(() => this.#changed.fire(uri));
    watcher.onDidCreate(read);
    watcher.onDidChange(read);
    watcher.onDidDelete((uri) => this.#controller.items.delete(uri.toString()));
    this.#watcher = watcher;
  }
}
