/** Two quick picks, who sends and where to, that together make the form of a trace. The choices come from the server. */
import * as vscode from 'vscode';
import { emptyForm, type ChoicesParams, type FlowForm } from '../../protocol/requests.ts';
import { inPick } from '../plainText.ts';
import { RequestCancelled } from '../rulesServer.ts';

/** What a pick gives to the form. */
export type Picked = Partial<FlowForm>;

/** A choice of a quick pick, with what it puts into the form. */
export interface FlowItem extends vscode.QuickPickItem {
  readonly flow: Picked;
}

/** Where the choices come from: the rules of a document, or the objects of a cluster. */
export interface FlowChoices {
  readonly title: string;
  /** Asked on the first pick. */
  readonly whoSends: string;
  /** Those that match `query`, at most some hundred. */
  items(
    side: ChoicesParams['side'],
    query: string,
    token: vscode.CancellationToken,
  ): Promise<readonly FlowItem[]>;
  /** There may be others now. */
  readonly onDidChange?: vscode.Event<unknown>;
}

/** Null when the user takes it back. `known` is asked for no more. */
export async function pickFlow(choices: FlowChoices, known: Picked): Promise<FlowForm | null> {
  const steps = known.from === undefined && known.to === undefined;
  const source = known.from === undefined ? await pick(choices, 'source', steps) : {};
  if (source === null) return null;
  const destination = known.to === undefined ? await pick(choices, 'destination', steps) : {};
  if (destination === null) return null;
  return { ...emptyForm, ...known, ...source, ...destination };
}

/** One question; with `steps` it says which of the two it is. Null when the user takes it back. */
export function pick(from: FlowChoices, side: ChoicesParams['side'], steps = false): Promise<Picked | null> {
  const input = vscode.window.createQuickPick<FlowItem>();
  input.title = from.title;
  if (steps) {
    input.step = side === 'source' ? 1 : 2;
    input.totalSteps = 2;
  }
  input.placeholder =
    side === 'source'
      ? from.whoSends
      : vscode.l10n.t('Where to? A Service, or an address with a port such as 10.96.0.10:53');
  input.ignoreFocusOut = true;
  const choices = new Choices(from, side, input);
  return new Promise((resolve) => {
    input.onDidChangeValue(() => void choices.update());
    input.onDidAccept(() => {
      const [item] = input.selectedItems;
      resolve(item?.flow ?? (input.value.trim() === '' ? null : typed(side, input.value)));
      input.dispose();
    });
    input.onDidHide(() => {
      resolve(null);
      choices.dispose();
      input.dispose();
    });
    input.show();
    void choices.update();
  });
}

/** Keeps the items of a quick pick at what is offered for the typed text. */
class Choices implements vscode.Disposable {
  readonly #from: FlowChoices;
  readonly #side: ChoicesParams['side'];
  readonly #input: vscode.QuickPick<FlowItem>;
  readonly #changes: vscode.Disposable | undefined;
  #running = new vscode.CancellationTokenSource();

  constructor(from: FlowChoices, side: ChoicesParams['side'], input: vscode.QuickPick<FlowItem>) {
    this.#from = from;
    this.#side = side;
    this.#input = input;
    this.#changes = from.onDidChange?.(() => void this.update());
  }

  async update(): Promise<void> {
    this.#running.cancel();
    const source = new vscode.CancellationTokenSource();
    this.#running = source;
    const query = this.#input.value.trim();
    this.#input.busy = true;
    try {
      const items = await this.#from.items(this.#side, query, source.token);
      if (source.token.isCancellationRequested) return;
      this.#show([...items, ...this.#typedItems(query)]);
    } catch (error) {
      if (error instanceof RequestCancelled || source.token.isCancellationRequested) return;
      this.#show([...this.#typedItems(query), failureItem(error)]);
    }
  }

  dispose(): void {
    this.#changes?.dispose();
    this.#running.cancel();
  }

  /** What the user has moved to stays so when others arrive. */
  #show(items: readonly FlowItem[]): void {
    const [active] = this.#input.activeItems;
    this.#input.busy = false;
    this.#input.items = items;
    const same = items.find(
      ({ label, description }) => label === active?.label && description === active.description,
    );
    if (same !== undefined) this.#input.activeItems = [same];
  }

  /** What was typed, as it is: the panel says at its field when it cannot be read. */
  #typedItems(query: string): readonly FlowItem[] {
    if (query === '') return [];
    const label = `$(edit) ${inPick(query)}`;
    const description = vscode.l10n.t('as typed');
    return [{ label, description, alwaysShow: true, flow: typed(this.#side, query) }];
  }
}

function typed(side: ChoicesParams['side'], text: string): Picked {
  return side === 'source' ? { from: text.trim() } : { to: text.trim() };
}

function failureItem(error: unknown): FlowItem {
  const detail = inPick(error instanceof Error ? error.message : String(error));
  const label = `$(warning) ${vscode.l10n.t('The choices cannot be listed: type an address')}`;
  return { label, detail, alwaysShow: true, flow: {} };
}
