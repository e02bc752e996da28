import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import { emit } from './events.ts';
import { type NamedPlace, namedPlaces, withPlaces } from './namedPlaces.ts';
import { strings } from './strings.ts';
import type { Narrative } from '../../kubeproxy/narrative/narrative.ts';
import type { SourceUris } from '../../protocol/requests.ts';

/** Stays on the line of the link before it. */
const CLOSING = /^[,.;:)]+/u;

/** The answer first: one sentence, the evidence under it, each name a link to its rule, and what was taken for granted, with switches. */
export class AnswerSummary extends LitElement {
  @property({ attribute: false }) narrative!: Narrative;
  /** Whether the rules are a live node's: names of objects lead to those. */
  @property({ type: Boolean }) live = false;
  @property({ attribute: false }) uris: SourceUris = {};
  #places: readonly NamedPlace[] = [];

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
        text-wrap: pretty;
      }
      .below {
        grid-column: 2;
        max-width: 800px;
        margin: 0;
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      .kept {
        white-space: nowrap;
      }
      .link {
        white-space: normal;
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: left;
        text-decoration: underline dotted;
        text-decoration-thickness: 1px;
        text-underline-offset: 3px;
        overflow-wrap: anywhere;
      }
      .link:hover {
        color: var(--vscode-textLink-activeForeground);
        text-decoration-style: solid;
      }
      .link:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: 1px;
      }
      assumption-list {
        grid-column: 2;
        width: 100%;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('narrative') || changed.has('live') || changed.has('uris'))
      this.#places = namedPlaces(this.narrative, this.live).filter(({ leadsTo }) => this.#isThere(leadsTo));
  }

  /** Facts that were put together of other texts have no document with their lines. */
  #isThere(leadsTo: NamedPlace['leadsTo']): boolean {
    return !('source' in leadsTo) || this.uris[leadsTo.source] !== undefined;
  }

  override render(): TemplateResult {
    const { verdict, headline, details, assumptions } = this.narrative;
    const told = new Set<string>();
    return html`<div class="answer">
      ${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}
      <h1><span class="unseen">${verdictWord(verdict)}: </span>${this.#linked(clean(headline), told)}</h1>
      ${
        details.length === 0
          ? nothing
          : html`<p class="below">${this.#withCommands(details.map(clean).join(' '), told)}</p>`
      }
      ${
        assumptions.length === 0
          ? nothing
          : html`<assumption-list .assumptions=${assumptions}></assumption-list>`
      }
    </div>`;
  }

  /** Commands stand between backticks: each is shown as one. Of an odd backtick nothing is made. */
  #withCommands(text: string, told: Set<string>): readonly (string | TemplateResult)[] {
    const parts = text.split('`');
    if (parts.length % 2 === 0) return this.#linked(text, told);
    return parts.flatMap((part, index) =>
      index % 2 === 1 ? [html`<code>${part}</code>`] : this.#linked(part, told),
    );
  }

  #linked(text: string, told: Set<string>): readonly (string | TemplateResult)[] {
    const parts = withPlaces(text, this.#places, told);
    return parts.map((part, index) => {
      // What closes stays with a link before it; words that were told already are none.
      if (typeof part === 'string')
        return typeof (parts[index - 1] ?? '') === 'string' ? part : part.replace(CLOSING, '');
      const next = parts[index + 1];
      const closing = typeof next === 'string' ? CLOSING.exec(next)?.[0] : '';
      return html`<span class="kept"
        ><button
          type="button"
          class="link"
          title=${'line' in part.leadsTo ? strings.reveal : strings.openObject}
          @click=${() => emit(this, 'place-open', part)}
        >
          ${part.words}</button
        >${closing}</span
      >`;
    });
  }
}
