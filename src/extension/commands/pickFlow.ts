/** Two quick picks, who sends and where to, that together make the form of a trace. The choices come from the server. */
import * as vscode from 'vscode';
import {
  choicesRequest,
  emptyForm,
  type Choice,
  type ChoicesParams,
  type DestinationChoice,
  type FlowForm,
  type SourceChoice,
} from '../../protocol/requests.ts';
import { RequestCancelled, type RulesServer } from '../rulesServer.ts';

/** What a pick gives to the form. */
type Picked = Partial<FlowForm>;

interface Item extends vscode.QuickPickItem {
  readonly flow: Picked;
}

const choiceLimit = 200;

/** Null when the user takes it back. `known` is asked for no more. */
export async function pickFlow(server: RulesServer, uri: string, known: Picked): Promise<FlowForm | null> {
  const source = known.from === undefined ? await pick(server, uri, 'source') : {};
  if (source === null) return null;
  const destination = known.to === undefined ? await pick(server, uri, 'destination') : {};
  if (destination === null) return null;
  return { ...emptyForm, ...known, ...source, ...destination };
}

function pick(server: RulesServer, uri: string, side: ChoicesParams['side']): Promise<Picked | null> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = vscode.l10n.t('Trace Packet');
  input.step = side === 'source' ? 1 : 2;
  input.totalSteps = 2;
  input.placeholder =
    side === 'source'
      ? vscode.l10n.t('Who sends it? A pod, this node, outside the cluster, or an address')
      : vscode.l10n.t('Where to? A Service, or an address with a port such as 10.96.0.10:53');
  input.ignoreFocusOut = true;
  const choices = new Choices(server, uri, side, input);
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

/** Keeps the items of a quick pick at what the server offers for the typed text. */
class Choices implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #uri: string;
  readonly #side: ChoicesParams['side'];
  readonly #input: vscode.QuickPick<Item>;
  #running = new vscode.CancellationTokenSource();

  constructor(server: RulesServer, uri: string, side: ChoicesParams['side'], input: vscode.QuickPick<Item>) {
    this.#server = server;
    this.#uri = uri;
    this.#side = side;
    this.#input = input;
  }

  async update(): Promise<void> {
    this.#running.cancel();
    const source = new vscode.CancellationTokenSource();
    this.#running = source;
    const query = this.#input.value.trim();
    this.#input.busy = true;
    try {
      const params = { uri: this.#uri, side: this.#side, query, limit: choiceLimit };
      const choices = await this.#server.request(choicesRequest, params, source.token);
      if (source.token.isCancellationRequested) return;
      this.#input.items = [...choices.map(choiceItem), ...this.#typedItems(query)];
      this.#input.busy = false;
    } catch (error) {
      if (error instanceof RequestCancelled || source.token.isCancellationRequested) return;
      this.#input.busy = false;
      this.#input.items = [...this.#typedItems(query), failureItem(error)];
    }
  }

  dispose(): void {
    this.#running.cancel();
  }

  /** What was typed, as it is: the panel says at its field when it cannot be read. */
  #typedItems(query: string): readonly Item[] {
    if (query === '') return [];
    const label = `$(edit) ${query}`;
    const description = vscode.l10n.t('as typed');
    return [{ label, description, alwaysShow: true, flow: typed(this.#side, query) }];
  }
}

function typed(side: ChoicesParams['side'], text: string): Picked {
  return side === 'source' ? { from: text.trim() } : { to: text.trim() };
}

function failureItem(error: unknown): Item {
  const detail = error instanceof Error ? error.message : String(error);
  const label = `$(warning) ${vscode.l10n.t('The choices cannot be listed: type an address')}`;
  return { label, detail, alwaysShow: true, flow: {} };
}

const sourceIcons = { pod: 'vm', external: 'globe', node: 'server' } as const;

function choiceItem(choice: Choice): Item {
  const icon = choice.side === 'source' ? sourceIcons[choice.from.kind] : 'symbol-interface';
  return {
    label: choice.label,
    description: choice.description,
    iconPath: new vscode.ThemeIcon(icon),
    alwaysShow: true,
    flow: choice.side === 'source' ? sourceForm(choice) : destinationForm(choice),
  };
}

/** `pod:10.244.1.7`, with the interface when the snapshot knows it. */
function sourceForm({ from }: SourceChoice): Picked {
  const address = from.address === null ? from.kind : `${from.kind}:${endpoint(from.address, from.port)}`;
  const enters = typeof from.interface === 'string' ? { interface: from.interface } : {};
  return { from: address, ...enters };
}

function destinationForm({ to, protocol }: DestinationChoice): Picked {
  return { to: endpoint(to.address, to.port), protocol };
}

/** `10.96.12.3:80`, `[fd00::1]:80`, an address alone without a port. */
function endpoint(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
