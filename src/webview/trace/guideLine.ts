import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import type { Guide } from '../../protocol/tracePanel.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';

/** A step of a question or a lesson, beneath its answer: what the packet shows, and the way to the next one. */
export class GuideLine extends LitElement {
  @property({ attribute: false }) guide: Guide | null = null;

  static override styles = [
    baseStyles,
    css`
      aside {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: 8px 16px;
        margin: 0 16px 12px;
        padding: 8px 8px 10px 12px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-left: 3px solid var(--vscode-textLink-foreground);
        border-radius: 3px;
        background: var(--vscode-textBlockQuote-background);
      }
      .words {
        flex: 1 1 260px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      h2 {
        margin: 0 0 2px;
        color: var(--dim);
        font-size: 0.92em;
        font-weight: normal;
      }
      p {
        max-width: 90ch;
        margin: 0;
        line-height: 1.45;
      }
      .ways {
        display: flex;
        gap: 6px;
        align-self: center;
      }
      @container (max-width: 640px) {
        aside {
          margin-inline: 12px;
        }
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    if (this.guide === null) return nothing;
    const { title, step, steps, text } = this.guide;
    return html`<aside aria-label=${clean(title)}>
      <div class="words">
        <h2>${clean(strings.guideStep(title, step, steps))}</h2>
        <p>${clean(text)}</p>
      </div>
      <div class="ways">
        ${
          step + 1 < steps
            ? html`<button class="button" @click=${() => emit(this, 'guide-next', null)}>
                ${strings.guideNext}
              </button>`
            : nothing
        }
        <button
          type="button"
          class="tool"
          title=${strings.guideClose}
          aria-label=${strings.guideClose}
          @click=${() => emit(this, 'guide-close', null)}
        >
          ${icon('close')}
        </button>
      </div>
    </aside>`;
  }
}
