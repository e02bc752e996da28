import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { RequestCancelled } from '../protocol/rpc.ts';
import type { Choice, FlowForm } from '../protocol/requests.ts';
import { emit } from './events.ts';
import { icon } from './icon.ts';
import type { Glyph } from './icon.ts';
import { strings } from './strings.ts';
import { baseStyles, fieldStyles } from './styles.ts';
import { clean } from './text.ts';

export type LoadChoices = (
  side: Choice['side'],
  query: string,
  signal: AbortSignal,
) => Promise<readonly Choice[]>;

/** Milliseconds after the last key until choices are asked for. */
const askDelay = 120;

interface ChoiceGroup {
  readonly heading: string;
  readonly glyph: Glyph;
  readonly choices: readonly Choice[];
}

const sourceGlyphs = { pod: 'symbol-namespace', external: 'globe', node: 'vm' } as const;

function headingOf(choice: Choice): Pick<ChoiceGroup, 'heading' | 'glyph'> {
  if (choice.side === 'destination') return { heading: choice.label, glyph: 'server-process' };
  if (choice.kind === 'service') return { heading: choice.label, glyph: 'server-process' };
  return { heading: strings.sources[choice.kind], glyph: sourceGlyphs[choice.kind] };
}

/** Those of one heading stand under it, in the order in which the headings first come. */
function grouped(choices: readonly Choice[]): readonly ChoiceGroup[] {
  const groups = new Map<string, ChoiceGroup & { readonly choices: Choice[] }>();
  for (const choice of choices) {
    const { heading, glyph } = headingOf(choice);
    const group = groups.get(heading) ?? { heading, glyph, choices: [] };
    group.choices.push(choice);
    groups.set(heading, group);
  }
  return [...groups.values()];
}

/**
 * From or To: a text field with choices (the ARIA combobox pattern with a listbox). The text is what counts; a choice
 * only writes it. Choices come from the server, filtered by what was typed.
 */
export class ChoiceBox extends LitElement {
  @property() label = '';
  @property() side: Choice['side'] = 'source';
  @property() value = '';
  @property() placeholder = '';
  /** How the text was understood. */
  @property() note = '';
  @property() error = '';
  @property({ attribute: false }) load: LoadChoices = async () => Promise.resolve([]);

  @state() private open = false;
  @state() private choices: readonly Choice[] | null = null;
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
      /* Where "To" ends the row (see flowForm.ts), its list opens to the left. */
      @container (min-width: 521px) and (max-width: 760px) {
        :host([side='destination']) .list {
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
          aria-label=${strings.openChoices(this.label)}
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
          aria-label=${strings.choices(this.label)}
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
        ${this.open && this.choices !== null ? strings.choicesCount(this.choices.length) : ''}
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
    if (this.choices === null) return nothing;
    if (this.choices.length === 0) return html`<div class="nothing" role="option">${strings.noChoices}</div>`;
    let index = 0;
    return html`${grouped(this.choices).map(
      ({ heading, glyph, choices }, group) => html`
        <div role="group" aria-labelledby="heading-${group}">
          <div id="heading-${group}" class="heading" role="presentation">${icon(glyph)}${clean(heading)}</div>
          ${choices.map((choice) => this.#option(choice, index++))}
        </div>
      `,
    )}`;
  }

  #option(choice: Choice, index: number): TemplateResult {
    const [first, second] =
      choice.side === 'destination' ? [choice.description, ''] : [choice.label, choice.description];
    return html`<div
      id="option-${index}"
      class="option ${index === this.active ? 'active' : ''}"
      role="option"
      aria-selected=${index === this.active}
      @mousedown=${(event: Event) => event.preventDefault()}
      @click=${() => this.#choose(choice)}
    >
      <span>${clean(first)}</span>${second === '' ? nothing : html`<span class="dim">${clean(second)}</span>`}
    </div>`;
  }

  #typed(): void {
    this.value = this.input.value;
    emit(this, 'form-edit', this.#patch(this.value));
    this.#ask(this.value, askDelay);
  }

  #patch(text: string): Partial<FlowForm> {
    return this.side === 'source' ? { from: text } : { to: text };
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
    const choice = this.open ? this.choices?.[this.active] : undefined;
    if (choice === undefined) {
      this.#close();
      emit(this, 'trace-run', null);
    } else this.#choose(choice);
    return true;
  }

  #move(by: 1 | -1): void {
    const count = this.choices?.length ?? 0;
    if (count > 0) this.active = (Math.max(this.active, by === 1 ? -1 : 0) + by + count) % count;
  }

  #toggle(): void {
    this.input.focus();
    if (this.open) this.#close();
    else this.#ask('', 0);
  }

  #choose(choice: Choice): void {
    this.#close();
    const { from, to } = choice.form;
    this.value = from ?? to ?? '';
    // What an earlier choice filled in, and this one says nothing of, is gone.
    const cleared = choice.side === 'source' ? { interface: '' } : { protocol: '' };
    emit(this, 'form-choose', { ...cleared, ...choice.form });
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
      const choices = await this.load(this.side, text, asking.signal);
      if (this.#asking !== asking || asking.signal.aborted) return;
      // In the order shown, so that the arrow keys walk as the eye does.
      this.choices = grouped(choices).flatMap((group) => group.choices);
      this.active = -1;
      // While typing, an empty list says nothing that the field's own check does not say better.
      this.open = choices.length > 0 || text === '';
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
