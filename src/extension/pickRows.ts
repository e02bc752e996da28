/** The rows of a quick pick that come anew while somebody types and presses Enter. */
import * as vscode from 'vscode';

/**
 * VS Code names a row by its place among the rows, and looks the place up when the word arrives (`ExtHostQuickPick`). Where other
 * rows were set meanwhile, that is another row than the one the user saw. So a row counts only while the window has these rows.
 */
export class PickRows<Item extends vscode.QuickPickItem> {
  readonly #input: vscode.QuickPick<Item>;
  #inStep: Promise<void> = Promise.resolve();
  #isInStep = true;

  constructor(input: vscode.QuickPick<Item>) {
    this.#input = input;
  }

  /** Whether what VS Code says of the rows is of these. */
  get isInStep(): boolean {
    return this.#isInStep;
  }

  /** `active`: the row that Enter takes; null leaves it to VS Code. */
  set(items: readonly Item[], active: Item | null = null): void {
    this.#input.items = items;
    if (active !== null) this.#input.activeItems = [active];
    this.#isInStep = false;
    const inStep = wayToTheWindow().then(() => {
      if (this.#inStep === inStep) this.#isInStep = true;
    });
    this.#inStep = inStep;
  }

  /** The row on which Enter was pressed. While rows are on their way: the one that is active once they are there. */
  async accepted(): Promise<Item | null> {
    if (this.#isInStep) return this.#input.selectedItems[0] ?? null;
    while (!this.#isInStep) await this.#inStep;
    return this.#input.activeItems.find((item) => this.#input.items.includes(item)) ?? null;
  }
}

/** Resolves when the window has what was set before, and what it said until then has been heard: messages keep their order. */
async function wayToTheWindow(): Promise<void> {
  // Changes of a pick are sent in a turn of their own.
  await new Promise((resolve) => setTimeout(resolve));
  await vscode.commands.executeCommand('setContext', 'kubeProxy.pickRows', true);
}
