/** What is wrong with lines of open files of flows: told as they are written, before anybody runs them. */
import * as vscode from 'vscode';
import { readFlowsRequest } from '../../protocol/flowTests.ts';
import { visibleAtLength } from '../plainText.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';
import { isFlows, linesOf } from './flowFiles.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

const REST_MILLISECONDS = 300;

export class FlowProblems implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #rules: RulesOfFlows;
  readonly #problems = vscode.languages.createDiagnosticCollection('kubeProxy.flows');
  readonly #subscriptions: vscode.Disposable;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(server: RulesServer, rules: RulesOfFlows) {
    this.#server = server;
    this.#rules = rules;
    const all = (): void => vscode.workspace.textDocuments.forEach((document) => this.#soon(document));
    this.#subscriptions = vscode.Disposable.from(
      this.#problems,
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#problems.delete(uri)),
      server.onDidChangeRules(all),
      rules.onDidChoose(all),
    );
    all();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
  }

  #soon(document: vscode.TextDocument): void {
    if (!isFlows(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#check(document), REST_MILLISECONDS),
    );
  }

  /** Without rules nothing is known of names, and nothing is said. */
  async #check(document: vscode.TextDocument): Promise<void> {
    const { uri, version } = document;
    const rules = await this.#rules.of(uri);
    if (rules === null || document.isClosed) return;
    const lines = linesOf(document.getText());
    const params = { uri: rules.toString(), lines: lines.map(({ text }) => text) };
    try {
      const found = await this.#server.request(readFlowsRequest, params);
      if (document.version !== version || document.isClosed) return;
      this.#problems.set(
        uri,
        found.flatMap(({ index, message, start, end }) => {
          const line = lines[index]?.line;
          return line === undefined ? [] : [problem(new vscode.Range(line, start, line, end), message)];
        }),
      );
    } catch (error) {
      // Taken back, or the server is gone, which others say.
      if (!(error instanceof RequestCancelled)) console.warn(error);
    }
  }
}

function problem(range: vscode.Range, message: string): vscode.Diagnostic {
  const found = new vscode.Diagnostic(range, visibleAtLength(message), vscode.DiagnosticSeverity.Error);
  found.source = 'kube-proxy';
  return found;
}
