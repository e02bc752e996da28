/** The rows of the quick pick of one end of a packet. */
import * as vscode from 'vscode';
import type { ChoicesParams } from '../../protocol/requests.ts';
import { PickRows } from '../pickRows.ts';
import { inPick } from '../plainText.ts';
import { RequestCancelled } from '../rulesServer.ts';
import type { FlowChoices, FlowItem, Picked, SavedFlow } from './flowPicks.ts';
import { packetItems } from './packetItems.ts';

/** After so long without the whole list what is at hand shows: with most rules all is there before. */
const SOON_MILLISECONDS = 150;

/** Keeps the rows of a quick pick at what is offered for the typed text. Whole packets are offered where both ends are asked for. */
export class EndItems implements vscode.Disposable {
  readonly #choices: FlowChoices;
  readonly #side: ChoicesParams['side'];
  readonly #input: vscode.QuickPick<FlowItem>;
  readonly #rows: PickRows<FlowItem>;
  readonly #from: string;
  readonly #isFirst: boolean;
  #saved: readonly SavedFlow[] = [];
  /** What is offered beside whole packets; null before it is known. */
  #found: readonly FlowItem[] | null = null;
  readonly #subscriptions: vscode.Disposable;
  #running = new vscode.CancellationTokenSource();
  #updated: Promise<void> = Promise.resolve();
  /** What is active unless the user moves. */
  #first: FlowItem | null = null;
  /** The text for which the rows are. */
  #shownFor: string | null = null;
  /** What the user has moved to since the text changed. */
  #moved: FlowItem | null = null;
  #disposed = false;

  constructor(
    choices: FlowChoices,
    side: ChoicesParams['side'],
    input: vscode.QuickPick<FlowItem>,
    { from, isFirst }: { readonly from: string; readonly isFirst: boolean },
  ) {
    this.#choices = choices;
    this.#side = side;
    this.#input = input;
    this.#rows = new PickRows(input);
    this.#from = from;
    this.#isFirst = isFirst;
    if (isFirst) void this.#findSaved();
    this.#subscriptions = vscode.Disposable.from(
      input.onDidChangeValue(() => {
        this.#moved = null;
        this.update();
      }),
      input.onDidChangeActive(([active]) => this.#noteActive(active)),
      choices.onDidChange?.(() => this.update()) ?? new vscode.Disposable(() => undefined),
    );
  }

  /** The row that Enter or a click means, where the user sees the rows for the text; else null, and `accepted` has it. */
  get chosen(): FlowItem | null {
    const { seenFor, chosen } = this.#rows;
    return seenFor === this.#query ? chosen : null;
  }

  /**
   * What Enter means before the rows for the text are seen: what is offered first for it, however fast somebody types. Null where
   * nothing is, and where the user types on meanwhile.
   */
  async accepted(): Promise<FlowItem | null> {
    const query = this.#query;
    let awaited: Promise<void>;
    do {
      awaited = this.#updated;
      await awaited;
    } while (awaited !== this.#updated);
    if (this.#disposed || this.#query !== query || this.#shownFor !== query) return null;
    return this.#moved ?? this.#first;
  }

  get #query(): string {
    return this.#input.value.trim();
  }

  /** Asks again. */
  update(): void {
    this.#updated = this.#update();
  }

  /** What is at hand shows while the rest is awaited. */
  async #update(): Promise<void> {
    this.#running.cancel();
    if (this.#disposed) return;
    const running = new vscode.CancellationTokenSource();
    this.#running = running;
    const { token } = running;
    const query = this.#query;
    this.#input.busy = true;
    const soon = this.#choices.hasSomeAtHand
      ? setTimeout(() => void this.#showAtHand(query, token), SOON_MILLISECONDS)
      : undefined;
    try {
      const items = await this.#ask(query, false, token);
      if (!token.isCancellationRequested) this.#show(query, items);
    } catch (error) {
      if (token.isCancellationRequested) return;
      // The server took it back, the rules having changed meanwhile: nobody else asks again.
      if (error instanceof RequestCancelled) this.update();
      else this.#show(query, [...typedItems(this.#side, query), failureItem(error)]);
    } finally {
      clearTimeout(soon);
      if (this.#running === running) {
        running.cancel();
        this.#input.busy = false;
      }
    }
  }

  /** While the whole list is awaited, which says what is wrong. */
  async #showAtHand(query: string, token: vscode.CancellationToken): Promise<void> {
    try {
      const items = await this.#ask(query, true, token);
      if (!token.isCancellationRequested && items.length > 0) this.#show(query, items);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  /** Tests take a moment to be read, and nobody waits for them. */
  async #findSaved(): Promise<void> {
    this.#saved = await this.#choices.saved().catch(() => []);
    if (!this.#disposed && this.#saved.length > 0 && this.#found !== null && this.#query === '')
      this.#show('', this.#found);
  }

  dispose(): void {
    this.#disposed = true;
    this.#subscriptions.dispose();
    this.#running.cancel();
  }

  #ask(query: string, atHand: boolean, token: vscode.CancellationToken): Promise<readonly FlowItem[]> {
    return this.#choices.items({ side: this.#side, query, from: this.#from, atHand }, token);
  }

  /** What the user has moved to stays so when others arrive. Else it is the first that is more than what was typed. */
  #show(query: string, found: readonly FlowItem[]): void {
    this.#found = found;
    const packets = this.#isFirst ? packetItems(this.#choices.recent(), this.#saved) : [];
    const items = query === '' ? [...packets, ...found] : found;
    const rows = items.filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
    const first = rows.find(({ typed }) => !typed) ?? rows[0] ?? null;
    const active = rows.find((each) => isSame(each, this.#moved)) ?? first;
    this.#first = first;
    this.#shownFor = query;
    this.#rows.set(items, query, active);
  }

  /** VS Code makes one active by its own order, too: while the text is typed, and when rows come. */
  #noteActive(active: FlowItem | undefined): void {
    if (active === undefined || !this.#rows.isInStep || this.#shownFor !== this.#query) return;
    this.#moved = isSame(active, this.#first) ? null : active;
  }
}

function isSame(one: FlowItem, other: FlowItem | null): boolean {
  return one.label === other?.label && one.description === other.description;
}

/** What was typed, as it is: the panel says at its field when it cannot be read. */
function typedItems(side: ChoicesParams['side'], query: string): readonly FlowItem[] {
  if (query === '') return [];
  const label = `$(edit) ${vscode.l10n.t('As typed')}`;
  return [{ label, description: inPick(query), alwaysShow: true, flow: typedEnd(side, query), typed: true }];
}

function typedEnd(side: ChoicesParams['side'], text: string): Picked {
  return side === 'source' ? { from: text.trim() } : { to: text.trim() };
}

function failureItem(error: unknown): FlowItem {
  const detail = inPick(error instanceof Error ? error.message : String(error));
  const label = `$(warning) ${vscode.l10n.t('The choices cannot be listed: type an address')}`;
  return { label, detail, alwaysShow: true, flow: {}, typed: true };
}
