import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';
import type { NarrativeAssumption } from '../../kubeproxy/narrative/narrative.ts';

/** How many open questions are shown before the rest is asked for: fifty endpoints can bring fifty of them. */
const fewQuestions = 3;

/** More options than these are a list to choose from. */
const mostInARow = 6;

type Option = NarrativeAssumption['options'][number];

/**
 * What the answer takes for granted. Questions that were explored both ways stand out, each with a switch; what was taken
 * one way is a list behind one line, where the user may decide it otherwise.
 */
export class AssumptionList extends LitElement {
  @property({ attribute: false }) assumptions: readonly NarrativeAssumption[] = [];
  @state() private open = false;
  @state() private all = false;

  static override styles = [
    baseStyles,
    css`
      :host {
        max-width: 800px;
      }
      .taken {
        display: flex;
        align-items: flex-start;
        gap: 6px;
        color: var(--dim);
        overflow-wrap: anywhere;
      }
      .taken .icon {
        margin-top: 1px;
      }
      button.taken {
        max-width: 100%;
        padding: 0 4px 0 0;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
      }
      button.taken:hover {
        color: var(--vscode-foreground);
      }
      .first {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      ul {
        display: grid;
        gap: 4px;
        margin: 4px 0 0;
        padding: 0 0 0 22px;
        list-style: none;
      }
      li,
      .question {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .question {
        margin-top: 6px;
        padding: 6px 10px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-left: 3px solid var(--doubt);
        border-radius: 2px;
        background: var(--vscode-textBlockQuote-background);
      }
      .text {
        flex: 1 1 260px;
        min-width: 0;
      }
      .claim {
        font-weight: 600;
      }
      .switch {
        display: inline-flex;
        flex-wrap: wrap;
        max-width: 100%;
        border: 1px solid var(--vscode-radio-inactiveBorder, var(--vscode-input-border, currentColor));
        border-radius: 3px;
      }
      .switch label {
        position: relative;
        padding: 1px 12px;
        cursor: pointer;
      }
      .switch label + label {
        border-left: 1px solid var(--vscode-radio-inactiveBorder, var(--vscode-input-border, currentColor));
      }
      .switch input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .switch label:hover {
        background: var(--vscode-toolbar-hoverBackground);
      }
      .switch label:has(:checked) {
        z-index: 1;
        border-radius: 2px;
        background: var(--vscode-radio-activeBackground, var(--vscode-inputOption-activeBackground));
        color: var(--vscode-radio-activeForeground, var(--vscode-inputOption-activeForeground));
        outline: 1px solid var(--vscode-radio-activeBorder, var(--vscode-inputOption-activeBorder));
      }
      .switch label:has(:focus-visible) {
        z-index: 2;
        outline: 2px solid var(--vscode-focusBorder);
      }
      .rest {
        margin-top: 6px;
      }
      @media (forced-colors: active) {
        .switch label:has(:checked) {
          outline: 2px solid Highlight;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    // What the user has decided stays in sight, so that it can be taken back.
    const asked = this.assumptions.filter(
      (each) => each.claim !== null && (each.branched || each.decided !== null),
    );
    const taken = this.assumptions.filter((each) => !asked.includes(each));
    const shown = this.all ? asked : asked.slice(0, fewQuestions);
    const hidden = asked.length - shown.length;
    return html`${taken.length === 0 ? nothing : this.#taken(taken)}
    ${shown.map((each) => html`<div class="question">${this.#text(each, true)}${this.#switch(each)}</div>`)}
    ${
      hidden === 0
        ? nothing
        : html`<button type="button" class="button secondary rest" @click=${() => (this.all = true)}>
            ${strings.moreQuestions(hidden)}
          </button>`
    }`;
  }

  #taken(taken: readonly NarrativeAssumption[]): TemplateResult {
    const [first] = taken;
    const count = taken.length === 1 ? strings.assumed : strings.assumedCount(taken.length);
    return html`<button
        type="button"
        class="taken"
        aria-expanded=${this.open}
        aria-controls="taken"
        @click=${() => (this.open = !this.open)}
      >
        ${icon(this.open ? 'chevron-down' : 'chevron-right')}
        <span class="first">${count}${this.open || first === undefined ? '' : `: ${shortly(first)}`}</span>
      </button>
      <ul id="taken" ?hidden=${!this.open}>
        ${taken.map(
          (each) =>
            html`<li>${this.#text(each, false)}${each.claim === null ? nothing : this.#switch(each)}</li>`,
        )}
      </ul>`;
  }

  #text({ claim, message }: NarrativeAssumption, strong: boolean): TemplateResult {
    if (!strong || claim === null) return html`<span class="text">${clean(message)}</span>`;
    return html`<span class="text"
      ><span class="claim">${clean(strings.assume(claim))}</span><br />${clean(message)}</span
    >`;
  }

  #switch(assumption: NarrativeAssumption): TemplateResult {
    const { key, claim, branched, decided, options } = assumption;
    const asItIs = options.some(({ decisions }) => decisions.length === 0)
      ? []
      : [{ word: branched ? strings.both : strings.asTaken, decisions: [] }];
    const all = [...asItIs, ...options];
    const isTaken = ({ word, decisions }: Option): boolean =>
      decisions.length === 0 ? decided === null : decided === word;
    if (all.length > mostInARow) return this.#list(assumption, all, isTaken);
    return html`<div class="switch" role="radiogroup" aria-label=${clean(strings.assume(claim ?? ''))}>
      ${all.map(
        (each) =>
          html`<label title=${clean(strings.assume(claim ?? ''))}
            ><input
              type="radio"
              name=${key}
              .checked=${isTaken(each)}
              @change=${() => this.#decide(assumption, each)}
            />${clean(strings.option(each.word))}</label
          >`,
      )}
    </div>`;
  }

  /** Of many options, a Service's endpoints, one is chosen from a list. */
  #list(
    assumption: NarrativeAssumption,
    options: readonly Option[],
    isTaken: (option: Option) => boolean,
  ): TemplateResult {
    const chosen = (event: Event): void => {
      const option =
        event.target instanceof HTMLSelectElement ? options[event.target.selectedIndex] : undefined;
      if (option !== undefined) this.#decide(assumption, option);
    };
    return html`<select
      class="box"
      aria-label=${clean(strings.assume(assumption.claim ?? ''))}
      @change=${chosen}
    >
      ${options.map((each) => html`<option .selected=${isTaken(each)}>${clean(strings.option(each.word))}</option>`)}
    </select>`;
  }

  #decide({ options }: NarrativeAssumption, { decisions }: Option): void {
    const keys = options.flatMap((each) => each.decisions.map(({ key }) => key));
    emit(this, 'assumption-decide', { keys, decisions });
  }
}

/** In one line; what stands in nearly every answer says only what it is. */
function shortly({ code, message }: NarrativeAssumption): string {
  return code === 'new-connection' ? strings.newConnection : clean(message);
}
