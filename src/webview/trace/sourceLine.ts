import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { ageWords, clockTime } from '../shared/live.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';

/** How often the age is said anew, in milliseconds. */
const agePause = 10_000;

/** Of what live node the rules are, and of when; and the way to ask other nodes about the same packet. */
export class SourceLine extends LitElement {
  @property() name = '';
  /** Milliseconds since the epoch; null where it is not known. */
  @property({ attribute: false }) taken: number | null = null;
  @property({ attribute: false }) choosing = false;
  #timer = 0;

  static override styles = [
    baseStyles,
    css`
      :host {
        margin-bottom: 4px;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 8px;
      }
      .what {
        display: flex;
        flex: 1 1 240px;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .name {
        font-weight: 600;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = window.setInterval(() => this.requestUpdate(), agePause);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    const { taken } = this;
    const age = taken === null ? '' : strings.rulesOf(clockTime(taken), ageWords(taken, Date.now()));
    return html`<div class="line">
      <span class="what"
        >${icon('vm')}<span class="name">${clean(this.name)}</span>${
          age === '' ? nothing : html`<span class="dim">${age}</span>`
        }</span
      >
      <button
        type="button"
        class="tool"
        ?disabled=${this.choosing}
        @click=${() => emit(this, 'nodes-choose', null)}
      >
        ${icon('server-process')}${this.choosing ? strings.choosingNodes : strings.onSeveralNodes}
      </button>
    </div>`;
  }
}
