/** The extension, seen from a panel's page. */
import { Caller } from '../../protocol/rpc.ts';
import type { AbortSource } from '../../protocol/rpc.ts';
import type { FromPanel, PanelContract, ToPanel } from '../../protocol/panel.ts';

interface VsCodeApi {
  postMessage(message: object): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What a page does with what it hears. */
export interface HostListener<Panel extends PanelContract> {
  /** Shows this in place of what is shown. */
  open(state: Panel['state']): void;
  hear(news: Panel['heard']): void;
}

/** Sends requests and news to the extension, hears its news, and keeps a state over a reload. One for each page. */
export class Host<Panel extends PanelContract> {
  readonly #api = acquireVsCodeApi();
  readonly #caller = new Caller<Panel['requests']>((message) => this.#post(message));
  /** The last wish that was heard. */
  #opening = 0;

  constructor(listener: HostListener<Panel>) {
    window.addEventListener('message', ({ data }: MessageEvent<ToPanel<Panel>>) => {
      if (data.type === 'open') this.#open(data, listener);
      else if (data.type === 'news') listener.hear(data.news);
      else this.#caller.accept(data);
    });
  }

  /** The page listens: the extension opens it. */
  ready(): void {
    this.#post({ type: 'ready' });
  }

  /** Rejects with an `Error` that has the extension's message, or with `RequestCancelled` once `signal` takes it back. */
  request<Method extends keyof Panel['requests'] & string>(
    method: Method,
    params: Panel['requests'][Method]['params'],
    signal?: AbortSource,
  ): Promise<Panel['requests'][Method]['result']> {
    return this.#caller.request(method, params, signal);
  }

  tell(news: Panel['told']): void {
    this.#post({ type: 'news', news });
  }

  /** What the extension opens the page with the next time. */
  tellState(state: Panel['state']): void {
    this.#post({ type: 'stateChanged', state });
  }

  /** Whatever was kept last; undefined in a new panel. Another version may have written it. */
  get kept(): unknown {
    return this.#api.getState();
  }

  /** Keeps it over a reload. VS Code gives it to the extension then, so it is a state, with whatever else the page needs. */
  keep(state: Panel['state']): void {
    this.#api.setState(state);
  }

  #open(
    { state, opening }: Extract<ToPanel<Panel>, { readonly type: 'open' }>,
    listener: HostListener<Panel>,
  ): void {
    if (opening === this.#opening) return;
    this.#opening = opening;
    listener.open(state);
  }

  #post(message: FromPanel<Panel>): void {
    this.#api.postMessage(message);
  }
}
