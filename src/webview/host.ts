/** The extension, seen from the panel. */
import { Caller } from '../protocol/rpc.ts';
import type { AbortSource, CallMessage } from '../protocol/rpc.ts';
import type { FromPanel, PanelRequests, ToPanel } from '../protocol/panel.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

type Told = Exclude<FromPanel, CallMessage<PanelRequests>>;
type Heard = Extract<ToPanel, { readonly type: 'open' | 'rulesChanged' | 'rulesTaken' }>;

/** Sends requests and news to the extension, hears its news, and keeps the state over a reload. */
export class Host {
  readonly #api = acquireVsCodeApi();
  readonly #caller = new Caller<PanelRequests>((message) => this.#api.postMessage(message));

  /** `hear` gets everything but the answers to requests. */
  constructor(hear: (message: Heard) => void) {
    window.addEventListener('message', (event: MessageEvent<ToPanel>) => {
      const message = event.data;
      if (message.type === 'response' || message.type === 'failure') this.#caller.accept(message);
      else hear(message);
    });
  }

  request<Method extends keyof PanelRequests>(
    method: Method,
    params: PanelRequests[Method]['params'],
    signal?: AbortSource,
  ): Promise<PanelRequests[Method]['result']> {
    return this.#caller.request(method, params, signal);
  }

  tell(message: Told): void {
    this.#api.postMessage(message);
  }

  /** Whatever was kept last; undefined in a new panel. */
  get kept(): unknown {
    return this.#api.getState();
  }

  keep(state: unknown): void {
    this.#api.setState(state);
  }
}
