import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon, type Glyph } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import type { RecordedItem, RecordingState } from './recordingModel.ts';
import { strings } from './strings.ts';

/** The packets of a recording, one of which is traced; each with whether the trace says the same. */
export class RecordingList extends LitElement {
  @property() name = '';
  @property({ attribute: false }) shown: RecordingState = { recording: null, problem: null };
  @property({ attribute: false }) items: readonly RecordedItem[] = [];
  /** The index of what is traced; null where another packet is. */
  @property({ attribute: false }) selected: number | null = null;

  static override styles = [
    baseStyles,
    css`
      section {
        padding: 4px 16px 6px;
        border-bottom: 1px solid var(--line);
        background: var(--vscode-textBlockQuote-background);
      }
      .top {
        display: flex;
        align-items: center;
        gap: 4px 8px;
        min-width: 0;
      }
      .what {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .name {
        font-weight: 600;
      }
      ul {
        display: grid;
        max-height: max(148px, 24vh);
        margin: 0 -6px;
        padding: 0;
        overflow: auto;
        list-style: none;
      }
      .item {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr) max-content;
        align-items: baseline;
        gap: 0 8px;
        width: 100%;
        padding: 2px 6px;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
      }
      .item:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .item[aria-current='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .item[aria-current='true'] .dim {
        color: inherit;
      }
      .item:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      .item .icon {
        align-self: center;
      }
      .title {
        min-width: 0;
        font-family: var(--mono);
        font-size: 0.95em;
        overflow-wrap: anywhere;
      }
      .item[aria-current='true'] .title {
        font-weight: 600;
      }
      .more {
        margin: 2px 0 0;
      }
      .conclusion {
        max-width: 110ch;
        margin: 4px 0 2px;
        overflow-wrap: anywhere;
      }
      .link {
        padding: 0;
        border: 0;
        background: none;
        color: var(--vscode-textLink-foreground);
        text-align: left;
        overflow-wrap: anywhere;
      }
      .link:hover {
        color: var(--vscode-textLink-activeForeground);
        text-decoration: underline;
      }
      @container (max-width: 640px) {
        section {
          padding-inline: 12px;
        }
        .item {
          grid-template-columns: 16px minmax(0, 1fr);
        }
        .item .word {
          grid-column: 2;
        }
        /* Of two lines or three it belongs to the first. */
        .item .icon {
          align-self: start;
          line-height: 1.2;
        }
      }
      @media (forced-colors: active) {
        .item[aria-current='true'] {
          outline: 2px solid Highlight;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { recording, problem } = this.shown;
    return html`<section aria-label=${strings.recording}>
      <div class="top">
        <span class="what"
          ><span class="name">${this.#kind()}</span> <span class="dim">${clean(this.name)}</span></span
        >
        <button
          type="button"
          class="tool"
          title=${strings.recordingClose}
          aria-label=${strings.recordingClose}
          @click=${() => emit(this, 'recording-close', null)}
        >
          ${icon('close')}
        </button>
      </div>
      ${problem === null ? nothing : this.#problem(problem)}
      ${recording === null && problem === null ? html`<p class="more dim">${strings.recordingReading}</p>` : nothing}
      ${recording?.kind === 'nothing' ? this.#problem(recording.message) : nothing}
      ${this.items.length === 0 ? nothing : this.#list()} ${this.#more()} ${this.#conclusion()}
    </section>`;
  }

  #kind(): string {
    const { recording } = this.shown;
    if (recording?.kind === 'kernel-trace') return strings.kernelTrace(this.items.length);
    return recording?.kind === 'capture' ? strings.capture(this.items.length) : strings.recording;
  }

  #problem(message: string): TemplateResult {
    return html`<p class="more">${icon('error', 'verdict-drop')} ${clean(message)}</p>`;
  }

  #list(): TemplateResult {
    return html`<ul>
      ${this.items.map((item, index) => {
        const { glyph, color, word } = verdictOf(item);
        return html`<li>
          <button
            type="button"
            class="item"
            aria-current=${String(index === this.selected)}
            @click=${() => emit(this, 'recording-select', index)}
          >
            ${icon(glyph, color)}<span class="title">${clean(item.of.title)}</span
            ><span class="word ${color === '' ? 'dim' : ''}">${word}</span>
          </button>
        </li>`;
      })}
    </ul>`;
  }

  /** In words, what the recording says of the packet that is traced, and where ours goes otherwise. */
  #conclusion(): TemplateResult | typeof nothing {
    const item = this.selected === null ? undefined : this.items[this.selected];
    if (item === undefined) return nothing;
    const instead = item.kind === 'traced' ? item.of.instead : null;
    const location = instead?.location ?? null;
    return html`<p class="conclusion">
      ${clean(item.of.sentences.join(' '))}
      ${
        instead === null || location === null
          ? nothing
          : html`<button type="button" class="link" @click=${() => emit(this, 'recorded-reveal', location)}>
              ${strings.showOurs(clean(instead.words))}
            </button>`
      }
    </p>`;
  }

  #more(): TemplateResult | typeof nothing {
    const { recording } = this.shown;
    if (recording?.kind === 'kernel-trace' && recording.more > 0)
      return html`<p class="more dim">${strings.morePackets(recording.more)}</p>`;
    if (recording?.kind === 'capture' && recording.others > 0)
      return html`<p class="more dim">${strings.otherPackets(recording.others)}</p>`;
    return nothing;
  }
}

interface ItemVerdict {
  readonly glyph: Glyph;
  readonly color: string;
  readonly word: string;
}

function verdictOf(item: RecordedItem): ItemVerdict {
  if (item.kind === 'captured') {
    const { kind } = item.of;
    const word = strings.answered[kind];
    if (kind === 'logged') return { glyph: 'question', color: 'verdict-unknown', word };
    return kind === 'answered'
      ? { glyph: 'pass-filled', color: 'verdict-forward', word }
      : { glyph: 'error', color: 'verdict-drop', word };
  }
  const { agrees } = item.of;
  if (agrees === null) return { glyph: 'question', color: 'verdict-unknown', word: strings.notCompared };
  return agrees
    ? { glyph: 'pass-filled', color: 'verdict-forward', word: strings.wentAsTraced }
    : { glyph: 'error', color: 'verdict-drop', word: strings.wentOtherwise };
}
