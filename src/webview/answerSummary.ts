import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { emit } from './events.ts';
import { icon } from './icon.ts';
import type { Glyph } from './icon.ts';
import { strings } from './strings.ts';
import { baseStyles } from './styles.ts';
import { clean, verdictWord } from './text.ts';
import type { Narrative, NarrativeAssumption } from '../kubeproxy/narrative/narrative.ts';

export const verdictGlyphs: Readonly<Record<Narrative['verdict'], Glyph>> = {
  forward: 'pass-filled',
  local: 'pass-filled',
  drop: 'circle-slash',
  reject: 'error',
  unknown: 'question',
  mixed: 'warning',
};

type Decidable = NarrativeAssumption & { readonly claim: string };

function decidable(assumption: NarrativeAssumption): assumption is Decidable {
  return assumption.claim !== null;
}

/** The answer first: one sentence, the evidence under it, and what was taken for granted, with switches. */
export class AnswerSummary extends LitElement {
  @property({ attribute: false }) narrative!: Narrative;

  static override styles = [
    baseStyles,
    css`
      .answer {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 4px 8px;
      }
      .answer > .icon {
        margin-top: 2px;
        font-size: 20px;
      }
      h1 {
        margin: 0;
        max-width: 100ch;
        font-size: 1.23em;
        font-weight: 600;
        line-height: 1.35;
        overflow-wrap: anywhere;
      }
      .below {
        grid-column: 2;
        max-width: 90ch;
        margin: 0;
        overflow-wrap: anywhere;
      }
      .assumed {
        grid-column: 2;
        display: flex;
        flex-wrap: wrap;
        gap: 0 4px;
        max-width: 110ch;
        color: var(--dim);
        overflow-wrap: anywhere;
      }
      .assumed .icon {
        margin: 1px 0 0;
      }
      .assumed span {
        min-width: 0;
      }
      .questions {
        grid-column: 2;
        display: grid;
        gap: 6px;
        max-width: 800px;
        margin-top: 4px;
      }
      .question {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        min-width: 0;
        margin: 0;
        padding: 6px 10px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-left: 3px solid var(--doubt);
        border-radius: 2px;
        background: var(--vscode-textBlockQuote-background);
      }
      .question .text {
        flex: 1 1 260px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .claim {
        font-weight: 600;
      }
      .switch {
        display: inline-flex;
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
        background: var(--vscode-radio-activeBackground, var(--vscode-inputOption-activeBackground));
        color: var(--vscode-radio-activeForeground, var(--vscode-inputOption-activeForeground));
        outline: 1px solid var(--vscode-radio-activeBorder, var(--vscode-inputOption-activeBorder));
        outline-offset: 0;
        border-radius: 2px;
        z-index: 1;
      }
      .switch label:has(:focus-visible) {
        outline: 2px solid var(--vscode-focusBorder);
        z-index: 2;
      }
      @media (forced-colors: active) {
        .switch label:has(:checked) {
          outline-color: Highlight;
          outline-width: 2px;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { verdict, headline, details, assumptions } = this.narrative;
    const given = assumptions.filter((each) => !decidable(each));
    const questions = assumptions.filter(decidable);
    return html`<div class="answer">
      ${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}
      <h1><span class="unseen">${verdictWord(verdict)}: </span>${clean(headline)}</h1>
      ${details.length === 0 ? nothing : html`<p class="below">${details.map(clean).join(' ')}</p>`}
      ${given.length === 0 ? nothing : this.#given(given)}
      ${
        questions.length === 0
          ? nothing
          : html`<div class="questions">${questions.map((each) => this.#question(each))}</div>`
      }
    </div>`;
  }

  #given(assumptions: readonly NarrativeAssumption[]): TemplateResult {
    return html`<div class="assumed">
      ${icon('info')}<span
        >${strings.assumed(assumptions.length)}:
        ${assumptions.map(({ message }) => clean(message)).join(' ')}</span
      >
    </div>`;
  }

  #question({ key, claim, message, decided }: Decidable): TemplateResult {
    const values = [
      [null, strings.both],
      [true, strings.yes],
      [false, strings.no],
    ] as const;
    return html`<div class="question" role="radiogroup" aria-label=${clean(strings.assume(claim))}>
      <div class="text">
        <span class="claim">${clean(strings.assume(claim))}</span><br /><span>${clean(message)}</span>
      </div>
      <div class="switch">
        ${values.map(
          ([value, label]) =>
            html`<label
              ><input
                type="radio"
                name=${key}
                .checked=${decided === value}
                @change=${() => emit(this, 'assumption-decide', { key, value })}
              />${label}</label
            >`,
        )}
      </div>
    </div>`;
  }
}
