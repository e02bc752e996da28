/** The extension's side of the panel, in the test: answers requests through the real helper and keeps what it was told. */
import { Answerer } from '../../src/protocol/rpc.ts';
import type { CallMessage, Handlers } from '../../src/protocol/rpc.ts';
import type { FromPanel, PanelRequests, PanelState, ToPanel } from '../../src/protocol/panel.ts';
import { emptyForm } from '../../src/protocol/requests.ts';
import type { FlowForm } from '../../src/protocol/requests.ts';

type Told = Exclude<FromPanel, CallMessage<PanelRequests>>;

export function stateOf(form: Partial<FlowForm>, run: boolean): PanelState {
  return {
    uri: 'file:///node-1.iptables-save',
    name: 'node-1.iptables-save',
    form: { ...emptyForm, ...form },
    decisions: [],
    run,
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The test expects no such request.'));
}

export class FakeHost {
  /** What the panel is opened with. */
  readonly opened: PanelState;
  /** News from the panel, in order. */
  readonly told: Told[] = [];
  /** Every request, in order. */
  readonly asked: CallMessage<PanelRequests>[] = [];
  readonly #answerer: Answerer<PanelRequests>;
  #send: (message: ToPanel) => Promise<void> = async () => Promise.resolve();

  constructor(opened: PanelState, handlers: Partial<Handlers<PanelRequests>>) {
    this.opened = opened;
    const all = {
      trace: refuse,
      choices: async () => Promise.resolve([]),
      considered: refuse,
      traceOnNodes: refuse,
      getRules: refuse,
      chooseNodes: refuse,
      copy: refuse,
    };
    this.#answerer = new Answerer<PanelRequests>({ ...all, ...handlers }, (reply) => void this.#send(reply));
  }

  connect(send: (message: ToPanel) => Promise<void>): void {
    this.#send = send;
  }

  send(message: ToPanel): Promise<void> {
    return this.#send(message);
  }

  /** A message of the panel. As the extension does: `ready` is answered with the state. */
  async hear(message: FromPanel): Promise<void> {
    if (message.type === 'request' || message.type === 'cancel') {
      this.asked.push(message);
      await this.#answerer.accept(message);
      return;
    }
    this.told.push(message);
    if (message.type === 'ready') await this.#send({ type: 'open', state: this.opened });
  }

  /** The params of the requests of one method so far. */
  paramsOf<Method extends keyof PanelRequests>(method: Method): readonly PanelRequests[Method]['params'][] {
    return this.asked.flatMap((call) =>
      call.type === 'request' && call.method === method ? [call.params] : [],
    );
  }
}
