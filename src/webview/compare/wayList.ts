import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ShownWay } from '../../protocol/comparison.ts';
import { type Glyph, icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { linkStyles } from './linkStyles.ts';
import { strings } from './strings.ts';

const glyphs: Readonly<Record<ShownWay['kind'], Glyph>> = {
  lost: 'error',
  mended: 'pass-filled',
  doubted: 'question',
  changed: 'edit',
};

/** Which packets end otherwise; each leads to the rule, and opens its trace. */
export class WayList extends LitElement {
  @property({ attribute: false }) ways: readonly ShownWay[] = [];

  static override styles = [
    baseStyles,
    linkStyles,
    css`
      :host {
        container-type: inline-size;
      }
      ul {
        margin: 0;
        padding: 8px 16px 2px;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 10px;
        padding-block: 2px;
        overflow-wrap: anywhere;
      }
      .icon {
        margin-top: 2px;
      }
      .mended {
        color: var(--good);
      }
      .lost {
        color: var(--bad);
      }
      .doubted,
      .changed {
        color: var(--doubt);
      }
      @container (max-width: 560px) {
        ul {
          padding-inline: 12px;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<ul aria-label=${strings.ways}>
      ${this.ways.map((way) => this.#way(way))}
    </ul>`;
  }

  #way({ kind, says, packet, at }: ShownWay): TemplateResult {
    return html`<li>
      ${icon(glyphs[kind], kind)}
      <span
        ><span class="unseen">${strings.waySigns[kind]}: </span>${clean(says)}${
          at === null
            ? nothing
            : this.#link(strings.rule, strings.showRule, () => emit(this, 'place-reveal', at))
        }${
          packet === null
            ? nothing
            : this.#link(strings.packet, strings.trace, () => emit(this, 'packet-trace', packet))
        }</span
      >
    </li>`;
  }

  #link(words: string, label: string, run: () => void): TemplateResult {
    return html`<button type="button" class="link" title=${label} aria-label=${label} @click=${run}>
      ${words}
    </button>`;
  }
}
