import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, percent } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';
import type { NodeAnswer, NodeSummary } from '../../protocol/requests.ts';

/** So many ends are named in a row. */
const fewOutcomes = 4;

/** The same packet on several nodes: a row for each, with what is not as on most of them said in words. */
export class NodeTable extends LitElement {
  @property({ attribute: false }) answers: readonly NodeAnswer[] = [];
  /** The document of the panel itself. */
  @property() own = '';

  static override styles = [
    baseStyles,
    css`
      section {
        padding: 4px 16px 10px;
      }
      .top {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
      }
      h2 {
        margin: 0;
        padding: 4px 0;
        font-size: 0.85em;
        font-weight: 600;
        letter-spacing: 0.03em;
        text-transform: uppercase;
      }
      .table {
        display: grid;
        grid-template-columns: minmax(110px, auto) minmax(0, 3fr) minmax(0, 2fr);
        overflow-wrap: anywhere;
      }
      .row,
      .group {
        display: contents;
      }
      .cell {
        min-width: 0;
        padding: 5px 12px 5px 0;
        border-top: 1px solid var(--line);
      }
      .head {
        padding-block: 2px;
        border-top: 0;
        color: var(--dim);
      }
      .node {
        display: grid;
        align-content: start;
        justify-items: start;
        gap: 2px;
      }
      .link {
        padding: 0;
        border: 0;
        background: none;
        color: var(--vscode-textLink-foreground);
        font-weight: 600;
        text-align: left;
        text-decoration: underline;
        overflow-wrap: anywhere;
      }
      .link:hover {
        color: var(--vscode-textLink-activeForeground);
      }
      .result {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 2px 6px;
        align-content: start;
      }
      .result > :not(.icon) {
        grid-column: 2;
      }
      .differs {
        justify-self: start;
        padding: 0 6px;
        border: 1px solid var(--doubt);
        border-radius: 3px;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
      }
      .share {
        min-width: 6ch;
        font-variant-numeric: tabular-nums;
        text-align: right;
        white-space: nowrap;
      }
      @container (max-width: 640px) {
        section {
          padding-inline: 12px;
        }
        .table {
          grid-template-columns: minmax(0, 1fr);
        }
        .group.heads {
          display: none;
        }
        .cell + .cell {
          padding-top: 0;
          border-top: 0;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const title = strings.samePacket(this.answers.length);
    const heads = [strings.node, strings.result, strings.goesTo];
    return html`<section aria-label=${title}>
      <div class="top">
        <h2>${title}</h2>
        <button
          type="button"
          class="tool"
          title=${strings.compareClose}
          aria-label=${strings.compareClose}
          @click=${() => emit(this, 'nodes-close', null)}
        >
          ${icon('close')}
        </button>
      </div>
      <div class="table" role="table" aria-label=${title}>
        <div class="group heads" role="rowgroup">
          <div class="row" role="row">
            ${heads.map((head) => html`<div class="cell head" role="columnheader">${head}</div>`)}
          </div>
        </div>
        <div class="group" role="rowgroup">${this.answers.map((answer) => this.#row(answer))}</div>
      </div>
    </section>`;
  }

  #row(answer: NodeAnswer): TemplateResult {
    const { node, uri, summary, message, fromNote } = answer;
    const isOwn = uri === this.own;
    return html`<div class="row" role="row">
      <div class="cell node" role="rowheader">
        ${
          isOwn
            ? html`<strong>${clean(node)}</strong><span class="dim">${strings.thisPanel}</span>`
            : html`<button
                type="button"
                class="link"
                title=${clean(strings.openOn(node))}
                aria-label=${clean(strings.openOn(node))}
                @click=${() => emit(this, 'trace-on', uri)}
              >
                ${clean(node)}
              </button>`
        }
        ${fromNote === '' ? nothing : html`<span class="dim">${clean(fromNote)}</span>`}
      </div>
      <div class="cell result" role="cell">
        ${summary === null ? this.#untold(message) : this.#result(answer, summary)}
      </div>
      <div class="cell" role="cell">${summary === null ? nothing : this.#outcomes(summary)}</div>
    </div>`;
  }

  #untold(message: string): TemplateResult {
    return html`${icon('question', 'verdict-unknown')}<span
        ><span class="unseen">${strings.notTold}: </span>${clean(message)}</span
      >`;
  }

  #result({ differs, note }: NodeAnswer, { verdict, headline, assumptions }: NodeSummary): TemplateResult {
    const words = differs.map((each) => strings.differences[each]).join(', ');
    return html`${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}
      <span><span class="unseen">${verdictWord(verdict)}: </span>${clean(headline)}</span>
      ${
        words === ''
          ? html`<span class="dim">${strings.asOthers}</span>`
          : html`<span class="differs">${strings.differs(words)}</span>`
      }
      ${note === '' ? nothing : html`<span class="dim">${clean(note)}</span>`}
      ${assumptions === 0 ? nothing : html`<span class="dim">${strings.assumedShort(assumptions)}</span>`}`;
  }

  #outcomes({ outcomes, more }: NodeSummary): TemplateResult {
    const hidden = more + Math.max(0, outcomes.length - fewOutcomes);
    return html`<ul>
      ${outcomes.slice(0, fewOutcomes).map(
        ({ verdict, share, title, subtitle }) =>
          html`<li>
            <span class="share">${percent(share)}</span>
            <span
              ><span class=${verdict === 'forward' || verdict === 'local' ? 'mono' : ''}
                >${clean(title)}</span
              >
              ${verdict === 'forward' ? nothing : html`<span class="dim">${verdictWord(verdict)}</span>`}
              ${subtitle === '' ? nothing : html`<span class="dim">${clean(subtitle)}</span>`}</span
            >
          </li>`,
      )}
      ${hidden === 0 ? nothing : html`<li class="dim">${strings.moreOnNode(hidden)}</li>`}
    </ul>`;
  }
}
