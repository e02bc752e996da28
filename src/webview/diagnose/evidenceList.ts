import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ToldEvidence } from '../../kubeproxy/diagnose/told.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { type Glyph, icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';

/** More are shown when they are asked for. */
const fewEvidence = 5;

type Evidence = ToldEvidence<TextLocation>;

/** Whether it tells or leads to anything that the step's message does not. */
function leads({ isSaid, at, packet, about, command }: Evidence): boolean {
  return !isSaid || at !== null || packet !== null || about !== null || command !== '';
}

/** What a step stands on: each leads to its rule, its packet or its object, or is a command to copy. */
export class EvidenceList extends LitElement {
  @property({ attribute: false }) evidence: readonly Evidence[] = [];
  /** Whether the objects of the cluster can be opened. */
  @property({ type: Boolean }) live = false;
  @state() private all = false;
  @state() private copied = '';
  #timer = 0;

  static override styles = [
    baseStyles,
    css`
      ul {
        display: grid;
        justify-items: start;
        gap: 1px;
        margin: 2px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 6px;
        max-width: 100%;
        color: var(--dim);
        overflow-wrap: anywhere;
      }
      .tool {
        min-width: 22px;
        height: 22px;
        padding: 0 3px;
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
      .command {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
      }
      code {
        min-width: 0;
        padding: 1px 6px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 3px;
        background: var(--vscode-textCodeBlock-background);
        color: var(--vscode-foreground);
        font-family: var(--mono);
        font-size: 0.95em;
      }
    `,
  ];

  override render(): TemplateResult {
    const leading = this.evidence.filter(leads);
    const shown = this.all ? leading : leading.slice(0, fewEvidence);
    const left = leading.length - shown.length;
    return html`<ul>
      ${shown.map((each) => html`<li>${this.#words(each)}${this.#command(each)}</li>`)}
      ${
        left === 0
          ? nothing
          : html`<li>
              <button type="button" class="link" @click=${() => (this.all = true)}>
                ${strings.more(left)}
              </button>
            </li>`
      }
    </ul>`;
  }

  #words(each: Evidence): TemplateResult | typeof nothing {
    const { packet, about, command } = each;
    // The step has said already what a command would tell.
    if (command !== '') return nothing;
    return html`${this.#main(each)}
    ${packet === null ? nothing : this.#tool('send', strings.trace, () => emit(this, 'packet-trace', packet))}
    ${
      about === null || !this.live
        ? nothing
        : this.#tool('go-to-file', strings.openObject, () => emit(this, 'object-open', about))
    }`;
  }

  #main({ says, at, isSaid }: Evidence): TemplateResult | typeof nothing {
    const words = clean(says);
    if (at === null) return isSaid ? nothing : html`<span>${words}</span>`;
    return html`<button
      type="button"
      class="link"
      title=${isSaid ? words : strings.showRule}
      @click=${() => emit(this, 'place-reveal', at)}
    >
      ${isSaid ? strings.showRule : words}
    </button>`;
  }

  #tool(glyph: Glyph, label: string, run: () => void): TemplateResult {
    return html`<button type="button" class="tool" title=${label} aria-label=${label} @click=${run}>
      ${icon(glyph)}
    </button>`;
  }

  #command({ command }: Evidence): TemplateResult | typeof nothing {
    if (command === '') return nothing;
    const words = clean(command);
    const isCopied = this.copied === command;
    const label = isCopied ? strings.copied : strings.copyCommand(words);
    return html`<span class="command">
      <code>${words}</code>
      ${this.#tool(isCopied ? 'check' : 'copy', label, () => this.#copy(command))}
      <span class="unseen" role="status">${isCopied ? strings.copied : ''}</span>
    </span>`;
  }

  #copy(command: string): void {
    emit(this, 'command-copy', {
      command,
      done: () => {
        this.copied = command;
        window.clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => (this.copied = ''), 2_000);
      },
    });
  }
}
