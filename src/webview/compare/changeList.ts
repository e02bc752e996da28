import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ShownChange, ShownSection } from '../../protocol/comparison.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { type Glyph, icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { linkStyles } from './linkStyles.ts';
import { strings } from './strings.ts';

const glyphs: Readonly<Record<ShownChange['sign'], Glyph>> = {
  added: 'add',
  removed: 'remove',
  changed: 'edit',
};

/** What changed, Service by Service and chain by chain; each change leads to its rules in both states. */
export class ChangeList extends LitElement {
  @property({ attribute: false }) sections: readonly ShownSection[] = [];

  static override styles = [
    baseStyles,
    linkStyles,
    css`
      :host {
        container-type: inline-size;
      }
      section {
        padding: 8px 16px 2px;
      }
      h2 {
        margin: 0 0 2px;
        font-size: 1em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 16px minmax(90px, 24ch) minmax(0, 1fr);
        gap: 0 10px;
        padding-block: 2px;
        overflow-wrap: anywhere;
      }
      .icon {
        margin-top: 2px;
      }
      .added {
        color: var(--good);
      }
      .removed {
        color: var(--bad);
      }
      .changed {
        color: var(--doubt);
      }
      .words {
        min-width: 0;
      }
      @container (max-width: 560px) {
        section {
          padding-inline: 12px;
        }
        li {
          grid-template-columns: 16px minmax(0, 1fr);
        }
        .words {
          grid-column: 2;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    return html`${this.sections.map(
      ({ title, changes }) =>
        html`<section aria-label=${clean(title)}>
          <h2>${clean(title)}</h2>
          <ul>
            ${changes.map((change) => this.#change(change))}
          </ul>
        </section>`,
    )}`;
  }

  #change({ sign, what, words, before, after }: ShownChange): TemplateResult {
    return html`<li>
      ${icon(glyphs[sign], sign)}
      <span><span class="unseen">${strings.signs[sign]}: </span>${clean(what)}</span>
      <span class="words"
        ><span class="mono">${clean(words)}</span>${this.#link(before, strings.before)}${this.#link(
          after,
          strings.after,
        )}</span
      >
    </li>`;
  }

  #link(location: TextLocation | null, side: string): TemplateResult | typeof nothing {
    if (location === null) return nothing;
    return html`<button
      type="button"
      class="link"
      title=${strings.showIn(side)}
      aria-label=${strings.showIn(side)}
      @click=${() => emit(this, 'place-reveal', location)}
    >
      ${side}
    </button>`;
  }
}
