/** Counters as marks behind the rules on the screen, where `kubeProxy.counters.decorations` is on. */
import * as vscode from 'vscode';
import { type CountedLine, countersRequest } from '../../protocol/requests.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';
import { isRules } from './rulesDocument.ts';

const SETTING = 'kubeProxy.counters.decorations';
/** Scrolling asks once it rests. */
const DELAY_MILLISECONDS = 100;

/** A word says the heat as well: colour alone does not. */
const kinds: Readonly<Record<CountedLine['heat'], vscode.DecorationRenderOptions>> = {
  hot: {
    after: { color: new vscode.ThemeColor('charts.red') },
    overviewRulerColor: new vscode.ThemeColor('charts.red'),
  },
  cold: { after: { color: new vscode.ThemeColor('charts.blue') } },
  never: { after: { color: new vscode.ThemeColor('descriptionForeground') } },
};

/** The marks of all visible editors. */
export class CounterMarks implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #types = {
    hot: markOf('hot'),
    cold: markOf('cold'),
    never: markOf('never'),
  };
  readonly #subscriptions: vscode.Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(server: RulesServer) {
    this.#server = server;
    const soon = (): void => this.#soon();
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors(soon),
      vscode.window.onDidChangeTextEditorVisibleRanges(soon),
      server.onDidChangeRules(soon),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) soon();
      }),
    );
    soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    for (const type of Object.values(this.#types)) type.dispose();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const editor of vscode.window.visibleTextEditors) void this.#draw(editor);
    }, DELAY_MILLISECONDS);
  }

  async #draw(editor: vscode.TextEditor): Promise<void> {
    const isOn = vscode.workspace.getConfiguration().get(SETTING) === true;
    if (!isRules(editor.document) || (!isOn && !this.#server.started)) return;
    this.#show(editor, isOn ? await this.#linesOf(editor) : []);
  }

  async #linesOf({ document, visibleRanges }: vscode.TextEditor): Promise<readonly CountedLine[]> {
    const [first] = visibleRanges;
    const last = visibleRanges.at(-1);
    if (first === undefined || last === undefined) return [];
    const params = { uri: document.uri.toString(), startLine: first.start.line, endLine: last.end.line + 1 };
    try {
      return await this.#server.request(countersRequest, params);
    } catch (error) {
      // Taken back, or the server is gone, which others say.
      if (!(error instanceof RequestCancelled)) console.warn(error);
      return [];
    }
  }

  #show(editor: vscode.TextEditor, lines: readonly CountedLine[]): void {
    for (const heat of ['hot', 'cold', 'never'] as const) {
      const own = lines.filter((each) => each.heat === heat && each.line < editor.document.lineCount);
      editor.setDecorations(
        this.#types[heat],
        own.map((each) => decorationOf(editor, each)),
      );
    }
  }
}

function markOf(heat: CountedLine['heat']): vscode.TextEditorDecorationType {
  const { after, ...rest } = kinds[heat];
  return vscode.window.createTextEditorDecorationType({
    ...rest,
    after: { ...after, margin: '0 0 0 2em' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function decorationOf(
  editor: vscode.TextEditor,
  { line, heat, packets }: CountedLine,
): vscode.DecorationOptions {
  const count = packets.toLocaleString('en');
  const words = {
    hot: vscode.l10n.t('hot: {0} packets', count),
    cold: vscode.l10n.t('{0} packets', count),
    never: vscode.l10n.t('never matched'),
  };
  const { end } = editor.document.lineAt(line).range;
  return { range: new vscode.Range(end, end), renderOptions: { after: { contentText: words[heat] } } };
}
