import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { baseStyles, fieldStyles } from '../shared/styles.ts';
import { emit } from './events.ts';
import { consideredBody } from './pathRow.ts';
import { skippedSteps } from './pathRows.ts';
import { pathStyles } from './pathStyles.ts';
import type { LoadConsidered } from './pathTree.ts';
import { strings } from './strings.ts';
import type { ConsideredRule, NarrativeOutcome } from '../../kubeproxy/narrative/narrative.ts';

/** Fewer are read faster than searched. */
const FEW = 8;
const MOST_FOUND = 50;
/** Milliseconds after the last key until it is searched. */
const askDelay = 150;

interface Found {
  readonly items: readonly ConsideredRule[];
  readonly total: number;
}

/** A field that finds rules among those that did not match on the way of an outcome, each with why not. */
export class UnmatchedSearch extends LitElement {
  @property({ attribute: false }) outcome!: NarrativeOutcome;
  @property({ attribute: false }) load!: LoadConsidered;

  @state() private words = '';
  /** Null before anything was searched. */
  @state() private found: Found | null = null;
  @state() private problem = '';

  #timer = 0;
  #search = 0;

  static override styles = [
    baseStyles,
    fieldStyles,
    pathStyles,
    css`
      .search {
        padding: 0 var(--edge, 16px) 6px;
      }
      .search .box {
        width: min(100%, 420px);
      }
      ul {
        margin: 0 0 8px;
        padding: 0;
        list-style: none;
        border-bottom: 1px solid var(--line);
      }
      li button {
        display: flex;
        gap: 6px;
        width: 100%;
        padding: 2px var(--edge, 16px);
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: left;
        cursor: pointer;
      }
      li button:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .count {
        padding: 0 var(--edge, 16px) 4px;
        color: var(--dim);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('outcome') && this.words !== '') void this.#ask();
  }

  override render(): TemplateResult | typeof nothing {
    const count = skippedSteps(this.outcome.path).reduce((sum, { skipped }) => sum + sizeOf(skipped), 0);
    if (count <= FEW) return nothing;
    return html`<div class="search" role="search">
        <input
          class="box"
          type="search"
          spellcheck="false"
          autocomplete="off"
          placeholder=${strings.findUnmatched(count)}
          aria-label=${strings.findUnmatched(count)}
          .value=${this.words}
          @input=${(event: Event) => this.#typed(event)}
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        />
      </div>
      <div class=${this.found === null ? 'unseen' : 'count'} role="status">${this.#said()}</div>
      ${this.found === null || this.found.items.length === 0 ? nothing : this.#list(this.found.items)}`;
  }

  #said(): string {
    if (this.problem !== '') return this.problem;
    return this.found === null ? '' : strings.foundUnmatched(this.found.items.length, this.found.total);
  }

  #list(items: readonly ConsideredRule[]): TemplateResult {
    return html`<ul>
      ${items.map(
        (rule) =>
          html`<li class="considered">
            <button type="button" title=${strings.reveal} @click=${() => this.#reveal(rule)}>
              ${consideredBody(rule)}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #reveal({ location }: ConsideredRule): void {
    if (location !== null) emit(this, 'location-reveal', location);
  }

  #typed(event: Event): void {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.words = event.target.value;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), askDelay);
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.words === '') return;
    event.preventDefault();
    event.stopPropagation();
    this.words = '';
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const search = ++this.#search;
    const { outcome } = this;
    const words = this.words.trim();
    this.problem = '';
    if (words === '') {
      this.found = null;
      return;
    }
    let items: readonly ConsideredRule[] = [];
    let total = 0;
    try {
      for (const { skipped } of skippedSteps(outcome.path)) {
        if (skipped === null) continue;
        const page = await this.load(outcome, { ...skipped, words }, MOST_FOUND);
        if (search !== this.#search) return;
        items = [...items, ...page.items].slice(0, MOST_FOUND);
        total += page.total;
      }
      this.found = { items, total };
    } catch (error) {
      if (search !== this.#search) return;
      this.found = { items: [], total: 0 };
      this.problem = strings.searchFailed(error instanceof Error ? error.message : String(error));
    }
  }
}

function sizeOf(skipped: { readonly from: number; readonly to: number } | null): number {
  return skipped === null ? 0 : skipped.to - skipped.from + 1;
}

declare global {
  interface HTMLElementTagNameMap {
    'unmatched-search': UnmatchedSearch;
  }
}
