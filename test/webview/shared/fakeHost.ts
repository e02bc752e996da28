/** The extension's side of a panel, in the test: answers requests through the real helper and keeps what it was told. */
import { Answerer } from '../../../src/protocol/rpc.ts';
import type { CallMessage, Handlers } from '../../../src/protocol/rpc.ts';
import type { FromPanel, PanelContract, ToPanel } from '../../../src/protocol/panel.ts';

export class FakeHost<Contract extends PanelContract> {
  /** What the panel is opened with. */
  readonly opened: Contract['state'];
  /** News from the panel, in order. */
  readonly told: Contract['told'][] = [];
  /** What the panel was to be opened with the next time, in order. */
  readonly states: Contract['state'][] = [];
  /** Every request, in order. */
  readonly asked: CallMessage<Contract['requests']>[] = [];
  readonly #answerer: Answerer<Contract['requests']>;
  #send: (message: ToPanel<Contract>) => Promise<void> = async () => Promise.resolve();

  constructor(opened: Contract['state'], handlers: Handlers<Contract['requests']>) {
    this.opened = opened;
    this.#answerer = new Answerer<Contract['requests']>(handlers, (reply) => void this.#send(reply));
  }

  connect(send: (message: ToPanel<Contract>) => Promise<void>): void {
    this.#send = send;
  }

  send(news: Contract['heard']): Promise<void> {
    return this.#send({ type: 'news', news });
  }

  /** A message of the panel. As the extension does: `ready` is answered with the state. */
  async hear(message: FromPanel<Contract>): Promise<void> {
    switch (message.type) {
      case 'request':
      case 'cancel':
        this.asked.push(message);
        await this.#answerer.accept(message);
        break;
      case 'ready':
        await this.#send({ type: 'open', state: this.opened, opening: 1 });
        break;
      case 'stateChanged':
        this.states.push(message.state);
        break;
      case 'news':
        this.told.push(message.news);
        break;
    }
  }

  /** The params of the requests of one method so far. */
  paramsOf<Method extends keyof Contract['requests']>(
    method: Method,
  ): readonly Contract['requests'][Method]['params'][] {
    return this.asked.flatMap((call) =>
      call.type === 'request' && call.method === method ? [call.params] : [],
    );
  }
}
