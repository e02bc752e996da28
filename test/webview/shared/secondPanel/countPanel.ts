import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { LoadChoices } from '../../../../src/webview/shared/choiceBox.ts';
import { Host } from '../../../../src/webview/shared/host.ts';
import { icon } from '../../../../src/webview/shared/icon.ts';
import { pageStyles } from '../../../../src/webview/shared/pageStyles.ts';
import { baseStyles } from '../../../../src/webview/shared/styles.ts';
import { clean } from '../../../../src/webview/shared/text.ts';
import type { CountContract, CountState } from './contract.ts';

export class CountPanel extends LitElement {
  readonly #host = new Host<CountContract>({
    open: (opened) => void this.#open(opened),
    hear: ({ count }) => this.#show({ ...this.#state, count }),
  });
  #state: CountState = { name: '', count: 0, run: false };
  #step = 1;

  static override styles = [baseStyles, pageStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#host.ready();
  }

  override render(): TemplateResult {
    const { name, count } = this.#state;
    return html`<div class="page">
      <header class="form">
        <choice-box label="Step" .value=${String(this.#step)} .load=${this.#loadSteps}></choice-box>
        <button class="button" @click=${() => void this.#add()}>${icon('refresh')}Add</button>
      </header>
      <main class="answer"><h1>${clean(name)}: ${count}</h1></main>
    </div>`;
  }

  readonly #loadSteps: LoadChoices = async (query) => {
    const steps = await this.#host.request('steps', { query });
    const items = steps.map((step) => ({
      label: `by ${step}`,
      description: '',
      text: String(step),
      choose: () => {
        this.#step = step;
      },
    }));
    return [{ heading: 'Steps', glyph: 'info', items }];
  };

  async #open(opened: CountState): Promise<void> {
    this.#show(opened);
    if (opened.run) await this.#add();
  }

  async #add(): Promise<void> {
    const { name, count: before } = this.#state;
    const { count } = await this.#host.request('add', { count: before, step: this.#step });
    this.#show({ name, count, run: false });
    this.#host.tell({ type: 'counted', name, count });
  }

  #show(state: CountState): void {
    this.#state = state;
    this.#host.keep(state);
    this.#host.tellState(state);
    this.requestUpdate();
  }
}
