import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { RequestCancelled } from '../../protocol/rpc.ts';
import { typedEvents } from './events.ts';
import { icon } from './icon.ts';
import type { Glyph } from './icon.ts';
import { sharedStrings } from './strings.ts';
import { baseStyles, fieldStyles } from './styles.ts';
import { clean } from './text.ts';

export interface ChoiceItem {
  readonly label: string;
  /** Said beside the label; empty for nothing. */
  readonly description: string;
  /** What the field says once it is chosen. */
  readonly text: string;
  /** Called when it is chosen. */
  readonly choose: () => void;
}

/** Choices under one heading. */
export interface ChoiceGroup {
  readonly heading: string;
  readonly glyph: Glyph;
  readonly items: readonly ChoiceItem[];
}

/** The choices for what was typed; everything for an empty `query`. */
export type LoadChoices = (query: string, signal: AbortSignal) => Promise<readonly ChoiceGroup[]>;

export interface ChoiceEvents {
  /** The text after a key was typed. */
  readonly 'choice-edit': string;
  /** Enter, with no choice to take. */
  readonly 'choice-enter': null;
}

const { emit } = typedEvents<ChoiceEvents>();

/** Milliseconds after the last key until choices are asked for. */
const askDelay = 120;

/**
 * A text field with choices (the ARIA combobox pattern with a listbox). The text is what counts; a choice only writes it.
 * Who loads the choices filters them by what was typed. With the attribute `opens="left"` the list does so in a narrow form.
 */
export class ChoiceBox extends LitElement {
  @property() label = '';
  @property() value = '';
  @property() placeholder = '';
  /** How the text was understood. */
  @property() note = '';
  @property() error = '';
  /** Said in place of the list where there is nothing to choose. */
  @property() none = '';
  @property({ attribute: false }) load: LoadChoices = async () => Promise.resolve([]);

  @state() private open = false;
  @state() private groups: readonly ChoiceGroup[] | null = null;
  @state() private active = -1;
  @query('input') private input!: HTMLInputElement;

  #timer = 0;
  #asking: AbortController | null = null;

  static override styles = [
    baseStyles,
    fieldStyles,
    css`
      .field {
        position: relative;
      }
      .box {
        padding-right: 28px;
        text-overflow: ellipsis;
      }
      .opener {
        position: absolute;
        top: 1px;
        right: 1px;
        width: 26px;
        min-width: 0;
        height: 24px;
        padding: 0;
      }
      .note {
        min-height: 1.45em;
        margin-top: 3px;
        color: var(--dim);
        font-size: 0.92em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .list {
        position: absolute;
        z-index: 10;
        top: calc(100% + 2px);
        left: 0;
        width: max(100%, min(440px, 100cqw - 24px));
        max-height: min(340px, 60vh);
        overflow: auto;
        padding: 4px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
        border-radius: 4px;
        background: var(--vscode-dropdown-listBackground, var(--vscode-dropdown-background));
        color: var(--vscode-dropdown-foreground);
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      /* Where the field ends a row of a form. */
      @container (min-width: 521px) and (max-width: 760px) {
        :host([opens='left']) .list {
          left: auto;
          right: 0;
        }
      }
      .heading {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 5px 6px 2px;
        overflow-wrap: anywhere;
        font-size: 0.92em;
        font-weight: 600;
      }
      .heading .icon {
        color: var(--dim);
        font-size: 14px;
      }
      .option {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 16px;
        padding: 2px 8px 2px 26px;
        border-radius: 3px;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      .option:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .option.active {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .option.active .dim {
        color: inherit;
      }
      .nothing {
        padding: 6px 8px;
        color: var(--dim);
      }
      @media (forced-colors: active) {
        .option.active {
          outline-color: Highlight;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const described = this.error === '' ? 'note' : 'error';
    return html`
      <label class="label" for="input">${this.label}</label>
      <div class="field" @focusout=${() => this.#close()}>
        <input
          id="input"
          class="box mono"
          role="combobox"
          autocomplete="off"
          spellcheck="false"
          aria-autocomplete="list"
          aria-expanded=${this.open}
          aria-controls="list"
          aria-activedescendant=${this.active >= 0 && this.open ? `option-${this.active}` : nothing}
          aria-invalid=${this.error !== ''}
          aria-describedby=${described}
          placeholder=${this.placeholder}
          .value=${this.value}
          @input=${() => this.#typed()}
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        />
        <button
          class="tool opener"
          tabindex="-1"
          aria-label=${sharedStrings.openChoices(this.label)}
          aria-expanded=${this.open}
          @mousedown=${(event: Event) => event.preventDefault()}
          @click=${() => this.#toggle()}
        >
          ${icon('chevron-down')}
        </button>
        <div
          id="list"
          class="list"
          role="listbox"
          aria-label=${sharedStrings.choices(this.label)}
          ?hidden=${!this.open}
        >
          ${this.open ? this.#list() : nothing}
        </div>
      </div>
      ${
        this.error === ''
          ? html`<div id="note" class="note" title=${clean(this.note)}>${clean(this.note)}</div>`
          : html`<div id="error" class="error">${icon('error')}<span>${clean(this.error)}</span></div>`
      }
      <div class="unseen" role="status">
        ${this.open && this.groups !== null ? sharedStrings.choicesCount(this.#items().length) : ''}
      </div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('active')) return;
    this.renderRoot.querySelector(`#option-${this.active}`)?.scrollIntoView({ block: 'nearest' });
  }

  override focus(): void {
    this.input.focus();
  }

  #list(): TemplateResult | typeof nothing {
    if (this.groups === null) return nothing;
    if (this.groups.length === 0) return html`<div class="nothing" role="option">${this.none}</div>`;
    let index = 0;
    return html`${this.groups.map(
      ({ heading, glyph, items }, group) => html`
        <div role="group" aria-labelledby="heading-${group}">
          <div id="heading-${group}" class="heading" role="presentation">${icon(glyph)}${clean(heading)}</div>
          ${items.map((item) => this.#option(item, index++))}
        </div>
      `,
    )}`;
  }

  /** In the order shown, so that the arrow keys walk as the eye does. */
  #items(): readonly ChoiceItem[] {
    return this.groups?.flatMap(({ items }) => items) ?? [];
  }

  #option(item: ChoiceItem, index: number): TemplateResult {
    const { label, description } = item;
    return html`<div
      id="option-${index}"
      class="option ${index === this.active ? 'active' : ''}"
      role="option"
      aria-selected=${index === this.active}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => this.#choose(item)}
    >
      <span>${clean(label)}</span>${
        description === '' ? nothing : html`<span class="dim">${clean(description)}</span>`
      }
    </div>`;
  }

  #typed(): void {
    this.value = this.input.value;
    emit(this, 'choice-edit', this.value);
    this.#ask(this.value, askDelay);
  }

  #key(event: KeyboardEvent): void {
    const used = this.#used(event.key);
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Does what `key` does; false leaves it to the field and the panel. */
  #used(key: string): boolean {
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (this.open) this.#move(key === 'ArrowDown' ? 1 : -1);
      else this.#ask('', 0);
      return true;
    }
    if (key === 'Escape' && this.open) {
      this.#close();
      return true;
    }
    if (key !== 'Enter') return false;
    const item = this.open ? this.#items()[this.active] : undefined;
    if (item === undefined) {
      this.#close();
      emit(this, 'choice-enter', null);
    } else this.#choose(item);
    return true;
  }

  #move(by: 1 | -1): void {
    const count = this.#items().length;
    if (count > 0) this.active = (Math.max(this.active, by === 1 ? -1 : 0) + by + count) % count;
  }

  #toggle(): void {
    this.input.focus();
    if (this.open) this.#close();
    else this.#ask('', 0);
  }

  #choose(item: ChoiceItem): void {
    this.#close();
    this.value = item.text;
    item.choose();
  }

  #close(): void {
    window.clearTimeout(this.#timer);
    this.#asking?.abort();
    this.open = false;
    this.active = -1;
  }

  #ask(text: string, delay: number): void {
    window.clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#timer = window.setTimeout(() => void this.#fetch(text, asking), delay);
  }

  async #fetch(text: string, asking: AbortController): Promise<void> {
    try {
      const groups = await this.load(text, asking.signal);
      if (this.#asking !== asking || asking.signal.aborted) return;
      this.groups = groups;
      this.active = -1;
      // While typing, an empty list says nothing that the field's own check does not say better.
      this.open = groups.length > 0 || text === '';
    } catch (error) {
      if (!(error instanceof RequestCancelled)) this.#close();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'choice-box': ChoiceBox;
  }
}
