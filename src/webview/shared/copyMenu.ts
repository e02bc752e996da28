import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { typedEvents } from './events.ts';
import { icon } from './icon.ts';
import { sharedStrings } from './strings.ts';
import { baseStyles } from './styles.ts';

/** The forms in which an answer can be copied. */
export type CopyFormat = keyof typeof sharedStrings.formats;

export interface CopyEvents {
  /** `done` is called when it is in the clipboard. */
  readonly 'copy-as': { readonly format: CopyFormat; readonly done: () => void };
}

const { emit } = typedEvents<CopyEvents>();

/** "Copy as ▾": a button with a menu (the ARIA menu button pattern). */
export class CopyMenu extends LitElement {
  @property({ type: Boolean }) disabled = false;
  /** What the menu offers, in this order. */
  @property({ attribute: false }) formats: readonly CopyFormat[] = [];
  @state() private open = false;
  @state() private copied = false;
  #timer = 0;

  static override styles = [
    baseStyles,
    css`
      :host {
        position: relative;
      }
      .menu {
        position: absolute;
        z-index: 10;
        top: calc(100% + 2px);
        right: 0;
        min-width: 160px;
        padding: 4px;
        border: 1px solid
          var(--vscode-contrastBorder, var(--vscode-menu-border, var(--vscode-widget-border, transparent)));
        border-radius: 5px;
        background: var(--vscode-menu-background);
        color: var(--vscode-menu-foreground);
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .item {
        display: block;
        width: 100%;
        padding: 3px 10px;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
      }
      .item:hover,
      .item:focus {
        background: var(--vscode-menu-selectionBackground);
        color: var(--vscode-menu-selectionForeground);
        outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
        outline-offset: -1px;
      }
      @media (forced-colors: active) {
        .item:focus {
          outline-color: Highlight;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    return html`
      <div
        @focusout=${(event: FocusEvent) => this.#leave(event)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        <button
          id="button"
          type="button"
          class="tool"
          aria-haspopup="menu"
          aria-expanded=${this.open}
          ?disabled=${this.disabled}
          @click=${() => this.#show(!this.open)}
        >
          ${icon(this.copied ? 'check' : 'copy')} ${this.copied ? sharedStrings.copied : sharedStrings.copyAs}
          ${icon('chevron-down')}
        </button>
        ${this.open ? this.#menu() : nothing}
        <span class="unseen" role="status">${this.copied ? sharedStrings.copied : ''}</span>
      </div>
    `;
  }

  #menu(): TemplateResult {
    return html`<div class="menu" role="menu" aria-labelledby="button">
      ${this.formats.map(
        (format) =>
          html`<button
            type="button"
            class="item"
            role="menuitem"
            tabindex="-1"
            @click=${() => this.#copy(format)}
          >
            ${sharedStrings.formats[format]}
          </button>`,
      )}
    </div>`;
  }

  #show(open: boolean): void {
    this.open = open;
    if (open) void this.updateComplete.then(() => this.#items()[0]?.focus());
  }

  #items(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.item')];
  }

  #key(event: KeyboardEvent): void {
    if (!this.open) {
      if (event.key !== 'ArrowDown' || this.disabled) return;
      this.#show(true);
    } else if (event.key === 'Escape') this.#close();
    else if (event.key === 'Tab') {
      this.#close();
      return;
    } else if (!this.#move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(key: string): boolean {
    const all = this.#items();
    const at = all.findIndex((item) => item.matches(':focus'));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
    if (to === undefined) return false;
    all.at(to % all.length)?.focus();
    return true;
  }

  #close(): void {
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('#button')?.focus();
  }

  #leave(event: FocusEvent): void {
    if (event.relatedTarget instanceof Node && this.renderRoot.contains(event.relatedTarget)) return;
    this.open = false;
  }

  #copy(format: CopyFormat): void {
    this.#close();
    emit(this, 'copy-as', { format, done: () => this.#confirm() });
  }

  #confirm(): void {
    this.copied = true;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => (this.copied = false), 2_000);
  }
}
