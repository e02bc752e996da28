/** The rows of a quick pick that come anew while somebody types, presses Enter and clicks. */
import * as vscode from 'vscode';

interface Rows<Item> {
  readonly items: readonly Item[];
  /** The text for which they are. */
  readonly query: string;
}

/**
 * VS Code names a row by its place among the rows, and looks the place up when the word arrives (`ExtHostQuickPick`). Where other
 * rows were set meanwhile, that is another row than the one the user saw: it is looked up here in the rows that the window has.
 */
export class PickRows<Item extends vscode.QuickPickItem> {
  readonly #input: vscode.QuickPick<Item>;
  #latest: Rows<Item> = { items: [], query: '' };
  /** What the window is known to have. */
  #seen: Rows<Item> | null = null;

  constructor(input: vscode.QuickPick<Item>) {
    this.#input = input;
  }

  /** Whether the window has the rows that were set last. */
  get isInStep(): boolean {
    return this.#seen === this.#latest;
  }

  /** The text for which the rows are that the user sees; null before there are any. */
  get seenFor(): string | null {
    return this.#seen?.query ?? null;
  }

  /** `query`: the text for which they are, where one is asked for them; `active`: the row that Enter takes; null leaves it to VS Code. */
  set(items: readonly Item[], query = '', active: Item | null = null): void {
    const rows = { items, query };
    this.#latest = rows;
    this.#input.items = items;
    if (active !== null) this.#input.activeItems = [active];
    void wayToTheWindow().then(() => {
      this.#seen = rows;
    });
  }

  /** The row that was chosen, as the user saw it; null where that cannot be told. */
  get chosen(): Item | null {
    const [item] = this.#input.selectedItems;
    if (item === undefined) return null;
    return this.#seen?.items[this.#latest.items.indexOf(item)] ?? null;
  }
}

/** Resolves when the window has what was set before, and what it said until then has been heard: messages keep their order. */
async function wayToTheWindow(): Promise<void> {
  // Changes of a pick are sent in a turn of their own.
  await new Promise((resolve) => setTimeout(resolve));
  await vscode.commands.executeCommand('setContext', 'kubeProxy.pickRows', true);
}
