import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { showActiveRow } from '../shared/activeRow.ts';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, percent } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import { emit } from './events.ts';
import { lastDestination } from './pathRows.ts';
import { strings } from './strings.ts';
import { groupBy } from '../../text/groupBy.ts';
import type { NarrativeGroup, NarrativeOutcome } from '../../kubeproxy/narrative/narrative.ts';

/** Outcomes that end alike. */
interface Ending {
  readonly share: number;
  readonly outcomes: readonly NarrativeOutcome[];
}

/** How many endings are listed at first, and more at a time: a Service may have thousands of endpoints. */
const pageSize = 100;

function endingKey({
  mark,
  verdict,
  title,
  subtitle,
  sourceChange,
  destinationChange,
  marks,
}: NarrativeOutcome): string {
  return JSON.stringify([mark, verdict, title, subtitle, sourceChange?.is, destinationChange?.is, marks]);
}

function endingsOf({ outcomes }: NarrativeGroup): readonly Ending[] {
  return Array.from(groupBy(outcomes, endingKey).values(), (alike) => ({
    share: alike.reduce((sum, { share }) => sum + share, 0),
    outcomes: alike,
  }));
}

/** `, through 10.244.1.5:8080`: tells the ways to one ending apart. */
function through({ path }: NarrativeOutcome, words: (to: string) => string): string {
  const to = lastDestination(path);
  return to === null ? '' : clean(words(to));
}

/** The outcomes, those that end alike together, with bars to scale; a listbox whose selection is the path shown. */
export class OutcomeList extends LitElement {
  @property({ attribute: false }) groups: readonly NarrativeGroup[] = [];
  @property() selected: string | null = null;
  @state() private limit = pageSize;

  static override styles = [
    baseStyles,
    css`
      .condition {
        padding: 6px 16px 4px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .list:focus-visible {
        outline: none;
      }
      .ending {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr) auto;
        gap: 0 8px;
        padding: 5px 16px 7px;
        overflow-wrap: anywhere;
        cursor: pointer;
        scroll-margin-top: var(--heading);
      }
      .ending:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .ending[aria-selected='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        outline: 1px dotted var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .list:focus .ending[aria-selected='true'] {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground, inherit);
        outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
      }
      .ending[aria-selected='true'] .dim {
        color: inherit;
      }
      .ending > .icon {
        margin-top: 2px;
      }
      .where {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 10px;
        min-width: 0;
      }
      .where > * {
        min-width: 0;
      }
      .title {
        font-family: var(--mono);
        font-size: 0.95em;
      }
      .share {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .bar {
        grid-column: 2 / 4;
        height: 4px;
        margin-top: 4px;
        border-radius: 2px;
        background: color-mix(in srgb, var(--vscode-foreground) 14%, transparent);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        overflow: hidden;
      }
      .bar span {
        display: block;
        height: 100%;
        min-width: 2px;
        background: currentColor;
      }
      .way {
        grid-template-columns: minmax(0, 1fr) auto;
        padding: 2px 16px 2px 40px;
      }
      .more {
        margin: 4px 16px 8px;
      }
      @container (max-width: 640px) {
        .condition,
        .ending {
          padding-inline: 12px;
        }
        .way {
          padding-left: 36px;
        }
      }
      @media (forced-colors: active) {
        .ending[aria-selected='true'] {
          outline: 1px solid Highlight;
        }
        .list:focus .ending[aria-selected='true'] {
          outline-width: 3px;
          outline-offset: -3px;
        }
        .bar span {
          background: CanvasText;
        }
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('groups')) this.limit = pageSize;
  }

  override render(): TemplateResult {
    let left = this.limit;
    const shown = this.groups.map((group) => {
      const endings = endingsOf(group);
      const page = endings.slice(0, left);
      left -= page.length;
      return { group, page, hidden: endings.length - page.length };
    });
    const hidden = shown.reduce((sum, each) => sum + each.hidden, 0);
    return html`<div
        class="list"
        role="listbox"
        tabindex="0"
        aria-label=${strings.outcomes}
        aria-activedescendant=${this.#activeId() ?? nothing}
        @focus=${(event: FocusEvent) => showActiveRow(event, this.#activeRow())}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        ${shown.map(({ group, page }, index) => this.#group(group, page, index))}
      </div>
      ${hidden === 0 ? nothing : this.#moreButton(hidden)}`;
  }

  #group({ condition }: NarrativeGroup, endings: readonly Ending[], index: number): TemplateResult {
    const rows = endings.map((ending) => this.#ending(ending));
    if (condition === '') return html`${rows}`;
    return html`<div role="group" aria-labelledby="condition-${index}">
      <div id="condition-${index}" class="condition" role="presentation">${clean(condition)}</div>
      ${rows}
    </div>`;
  }

  #ending({ share, outcomes }: Ending): TemplateResult {
    const first = outcomes[0];
    if (first === undefined) return html``;
    const { id, verdict, mark, title } = first;
    const ways =
      outcomes.length === 1 ? '' : strings.ways(outcomes.length) + through(first, strings.firstThrough);
    const subtitle = [clean(first.subtitle), ways].filter((part) => part !== '').join(' · ');
    return html`<div
        class="ending"
        id="outcome-${id}"
        role="option"
        data-outcome=${id}
        aria-selected=${id === this.selected}
        @click=${() => emit(this, 'outcome-select', id)}
        @dblclick=${() => emit(this, 'outcome-reveal', id)}
      >
        ${icon(verdictGlyphs[mark], `verdict-${mark}`)}
        <span class="where"
          ><span class="unseen">${verdictWord(mark)}, </span
          ><span class=${verdict === 'forward' || verdict === 'local' ? 'title' : ''}>${clean(title)}</span>${
            subtitle === '' ? nothing : html` <span class="dim">${subtitle}</span>`
          }</span
        >
        <span class="share">${percent(share)}</span>
        <span class="bar verdict-${mark}"><span .style=${`width: ${share * 100}%`}></span></span>
      </div>
      ${outcomes.slice(1).map((outcome, index) => this.#way(outcome, index + 2))}`;
  }

  /** Another path to the same ending. */
  #way(outcome: NarrativeOutcome, position: number): TemplateResult {
    const { id, share } = outcome;
    return html`<div
      class="ending way"
      id="outcome-${id}"
      role="option"
      data-outcome=${id}
      aria-selected=${id === this.selected}
      @click=${() => emit(this, 'outcome-select', id)}
      @dblclick=${() => emit(this, 'outcome-reveal', id)}
    >
      <span class="dim">${strings.way(position)}${through(outcome, strings.through)}</span
      ><span class="share dim">${percent(share)}</span>
    </div>`;
  }

  #moreButton(hidden: number): TemplateResult {
    return html`<button type="button" class="button secondary more" @click=${() => (this.limit += pageSize)}>
      ${strings.moreOutcomes(Math.min(pageSize, hidden), hidden)}
    </button>`;
  }

  #rows(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.ending')];
  }

  #activeRow(): Element | undefined {
    return this.#rows().find((row) => row.dataset['outcome'] === this.selected);
  }

  #activeId(): string | null {
    return this.selected === null ? null : `outcome-${this.selected}`;
  }

  #key(event: KeyboardEvent): void {
    const rows = this.#rows();
    const at = rows.findIndex((row) => row.dataset['outcome'] === this.selected);
    const last = rows.length - 1;
    const to = {
      ArrowDown: Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: last,
      PageDown: Math.min(at + 8, last),
      PageUp: Math.max(at - 8, 0),
    }[event.key];
    const row = to === undefined ? undefined : rows[to];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (row !== undefined) {
      emit(this, 'outcome-select', row.dataset['outcome'] ?? '');
      row.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && this.selected !== null) emit(this, 'outcome-reveal', this.selected);
    else return;
    event.preventDefault();
  }
}
