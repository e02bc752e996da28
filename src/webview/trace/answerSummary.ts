import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import type { Narrative } from '../../kubeproxy/narrative/narrative.ts';

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
        max-width: 800px;
        margin: 0;
        overflow-wrap: anywhere;
      }
      assumption-list {
        grid-column: 2;
        width: 100%;
      }
    `,
  ];

  override render(): TemplateResult {
    const { verdict, headline, details, assumptions } = this.narrative;
    return html`<div class="answer">
      ${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}
      <h1><span class="unseen">${verdictWord(verdict)}: </span>${clean(headline)}</h1>
      ${details.length === 0 ? nothing : html`<p class="below">${withCommands(details.map(clean).join(' '))}</p>`}
      ${
        assumptions.length === 0
          ? nothing
          : html`<assumption-list .assumptions=${assumptions}></assumption-list>`
      }
    </div>`;
  }
}

/** Commands stand between backticks: each is shown as one. Of an odd backtick nothing is made. */
function withCommands(text: string): readonly (string | TemplateResult)[] {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
