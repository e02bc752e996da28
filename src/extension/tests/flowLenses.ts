/** Lenses of a file of flows: by which rules it is judged, and of each line to run and to trace it. */
import * as vscode from 'vscode';
import { documentName } from '../documents/rulesDocument.ts';
import { inPick } from '../plainText.ts';
import { flowsLanguage, linesOf } from './flowFiles.ts';
import type { FlowItems } from './flowItems.ts';
import type { RulesOfFlows } from './rulesOfFlows.ts';

/** Beyond this a file has lenses on its first line only: nobody reads thousands. */
const MOST_LINES = 500;

export class FlowLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #rules: RulesOfFlows;
  readonly #items: FlowItems;
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(rules: RulesOfFlows, items: FlowItems) {
    this.#rules = rules;
    this.#items = items;
    const changed = new vscode.EventEmitter<void>();
    this.onDidChangeCodeLenses = changed.event;
    this.#subscriptions = vscode.Disposable.from(
      changed,
      rules.onDidChoose(() => changed.fire()),
      items.onDidJudge(() => changed.fire()),
      vscode.languages.registerCodeLensProvider({ language: flowsLanguage }, this),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const rules = await this.#rules.of(document.uri);
    const uri = document.uri.toString();
    const lines = linesOf(document.getText());
    const ofFile = [
      {
        title:
          rules === null
            ? vscode.l10n.t('Choose Rules…')
            : vscode.l10n.t('Rules: {0}', inPick(documentName(rules))),
        command: 'kubeProxy.tests.chooseRules',
        arguments: [uri],
      },
      { title: vscode.l10n.t('Run All'), command: 'kubeProxy.tests.runAll', arguments: [uri] },
    ];
    const ofLines =
      lines.length > MOST_LINES ? [] : lines.flatMap(({ line }) => this.#ofLine(document.uri, line));
    return [...ofFile.map((each) => lens(0, each)), ...ofLines];
  }

  #ofLine(file: vscode.Uri, line: number): readonly vscode.CodeLens[] {
    const uri = file.toString();
    const test = this.#items.at(file, line);
    const judged = test === null ? null : this.#items.judged(test.item);
    const other =
      judged?.kind === 'otherwise'
        ? [
            {
              title: vscode.l10n.t('Expect {0}', judged.actual),
              command: 'kubeProxy.tests.expect',
              arguments: [uri, line, judged.actual],
            },
          ]
        : [];
    return [
      { title: vscode.l10n.t('Run'), command: 'kubeProxy.tests.run', arguments: [uri, line] },
      { title: vscode.l10n.t('Trace'), command: 'kubeProxy.tests.trace', arguments: [uri, line] },
      ...other,
    ].map((each) => lens(line, each));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function lens(line: number, command: vscode.Command): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
}
