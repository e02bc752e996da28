/** Marks the line of what is chosen in a panel, in every editor that shows it. */
import * as vscode from 'vscode';
import type { TextLocation } from '../../../protocol/requests.ts';

/** One mark for all panels: the last that was asked for. */
export class RuleHighlight implements vscode.Disposable {
  readonly #line = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.selectionHighlightBackground'),
    // Beside the tint, which high contrast themes leave out.
    borderWidth: '0 0 0 3px',
    borderStyle: 'solid',
    borderColor: new vscode.ThemeColor('focusBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  readonly #subscription = vscode.window.onDidChangeVisibleTextEditors(() => this.#draw());
  #location: TextLocation | null = null;

  /** Null takes the mark away. Scrolls the line into view where the rules are visible already. */
  show(location: TextLocation | null): void {
    this.#location = location;
    for (const editor of this.#draw()) {
      editor.revealRange(rangeOf(location), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#line.dispose();
  }

  /** The editors that show the marked line. */
  #draw(): readonly vscode.TextEditor[] {
    const shows = (editor: vscode.TextEditor): boolean =>
      this.#location !== null && editor.document.uri.toString() === this.#location.uri;
    for (const editor of vscode.window.visibleTextEditors) {
      editor.setDecorations(this.#line, shows(editor) ? [rangeOf(this.#location)] : []);
    }
    return vscode.window.visibleTextEditors.filter(shows);
  }
}

/** The range of a place; the empty one at the start of the document for null. */
export function rangeOf(location: TextLocation | null): vscode.Range {
  if (location === null) return new vscode.Range(0, 0, 0, 0);
  const { line, startCharacter, endCharacter } = location;
  return new vscode.Range(line, startCharacter, line, endCharacter);
}
