import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ChoiceEvents, LoadChoices } from '../shared/choiceBox.ts';
import type { CopyFormat } from '../shared/copyMenu.ts';
import { icon } from '../shared/icon.ts';
import { baseStyles, fieldStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { destinationGroups, sourceGroups } from './choiceGroups.ts';
import { emit } from './events.ts';
import { strings } from './strings.ts';
import type { ModelState } from './traceModel.ts';
import type { Choice, FlowForm } from '../../protocol/requests.ts';

/** Asks for what may be chosen for `query` on one side. */
export type LoadSide = (
  side: Choice['side'],
  query: string,
  signal: AbortSignal,
) => Promise<readonly Choice[]>;

type Field = keyof FlowForm;

interface MoreField {
  readonly field: Field;
  readonly label: string;
  readonly placeholder: string;
  /** Whether it means something for such a packet. */
  readonly fits: (form: FlowForm) => boolean;
}

const copyFormats: readonly CopyFormat[] = [
  'markdown',
  'command',
  'json',
  'mermaid',
  'svg',
  'png',
  'picture',
];

type ChoiceEdit = CustomEvent<ChoiceEvents['choice-edit']>;

const always = (): boolean => true;
const moreFields: readonly MoreField[] = [
  { field: 'interface', label: strings.interface, placeholder: strings.workedOut, fits: always },
  { field: 'mark', label: strings.mark, placeholder: strings.none, fits: always },
  { field: 'ttl', label: strings.ttl, placeholder: '64', fits: always },
  {
    field: 'tcpFlags',
    label: strings.tcpFlags,
    placeholder: 'SYN',
    fits: ({ protocol }) => protocol === 'tcp' || protocol === '',
  },
  {
    field: 'icmpType',
    label: strings.icmpType,
    placeholder: 'echo-request',
    fits: ({ protocol }) => protocol === 'icmp',
  },
  {
    field: 'uid',
    label: strings.uid,
    placeholder: strings.none,
    fits: ({ from }) => from.startsWith('node'),
  },
  {
    field: 'gid',
    label: strings.gid,
    placeholder: strings.none,
    fits: ({ from }) => from.startsWith('node'),
  },
];

const protocols = ['', 'tcp', 'udp', 'sctp', 'icmp'];

/** The packet: From, To, protocol and, under "More", the rest; Trace, Copy as, back and forward. */
export class FlowFormElement extends LitElement {
  @property({ attribute: false }) model!: ModelState;
  @property({ attribute: false }) load!: LoadSide;

  static override styles = [
    baseStyles,
    fieldStyles,
    css`
      .grid {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 26px minmax(0, 1fr) 92px auto;
        gap: 0 8px;
        align-items: start;
      }
      .swap,
      .go {
        margin-top: calc(0.92em * 1.45 + 3px);
      }
      .go .button {
        min-width: 84px;
      }
      .bar {
        display: flex;
        align-items: start;
        gap: 2px;
        margin: 2px -5px 0;
      }
      .bar > * {
        flex: none;
      }
      .bar .gap {
        flex: 1;
      }
      /* What is set goes on in further lines, and the tools stay where they are. */
      .bar .twistie {
        flex: 0 1 auto;
        align-items: start;
        min-width: 0;
        height: auto;
        min-height: 26px;
        padding-block: 3px;
        color: var(--vscode-foreground);
        text-align: start;
        white-space: normal;
      }
      .twistie .set {
        overflow-wrap: anywhere;
      }
      .more {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(132px, 1fr));
        gap: 8px;
        padding: 4px 0 8px;
      }
      /* Beside an editor: the two ends in a row, what is done with them in the row below. */
      @container (min-width: 521px) and (max-width: 760px) {
        .grid {
          grid-template-columns: minmax(0, 1fr) 26px minmax(0, 1fr);
          gap: 2px 6px;
        }
        .protocol {
          display: flex;
          align-items: center;
          gap: 8px;
        }
        .protocol .label {
          margin: 0;
        }
        .protocol .box {
          width: 110px;
        }
        .go {
          grid-column: 3;
          margin-top: 0;
        }
        .go .button {
          width: 100%;
        }
      }
      @container (max-width: 520px) {
        .grid {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 26px;
          gap: 4px 8px;
        }
        .from,
        .to {
          grid-column: 1 / 3;
        }
        .from {
          grid-row: 1;
        }
        .to {
          grid-row: 2;
        }
        .swap {
          grid-column: 3;
          grid-row: 1 / 3;
          align-self: center;
          margin-top: -8px;
          rotate: 90deg;
        }
        .protocol {
          grid-column: 1;
        }
        .go {
          grid-column: 2 / 4;
        }
        .go .button {
          width: 100%;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { form, notes } = this.model;
    return html`
      <form @submit=${(event: Event) => this.#submit(event)} novalidate>
        <div class="grid">
          <choice-box
            class="from"
            label=${strings.from}
            placeholder=${strings.fromPlaceholder}
            none=${strings.noChoices}
            .value=${form.from}
            .note=${notes?.from ?? ''}
            .error=${this.#error('from')}
            .load=${this.#loadSources}
            @choice-edit=${({ detail }: ChoiceEdit) => emit(this, 'form-edit', { from: detail })}
            @choice-enter=${() => emit(this, 'trace-run', null)}
          ></choice-box>
          <button
            type="button"
            class="tool swap"
            title=${strings.swap}
            aria-label=${strings.swap}
            @click=${() => emit(this, 'form-swap', null)}
          >
            ${icon('arrow-swap')}
          </button>
          <choice-box
            class="to"
            opens="left"
            label=${strings.to}
            placeholder=${strings.toPlaceholder}
            none=${strings.noChoices}
            .value=${form.to}
            .note=${notes?.to ?? ''}
            .error=${this.#error('to')}
            .load=${this.#loadDestinations}
            @choice-edit=${({ detail }: ChoiceEdit) => emit(this, 'form-edit', { to: detail })}
            @choice-enter=${() => emit(this, 'trace-run', null)}
          ></choice-box>
          ${this.#protocol()}
          <div class="go">${this.#goButton()}</div>
        </div>
        ${this.#bar()}
        <div id="more" class="more" ?hidden=${!this.model.more}>
          ${this.model.more ? this.#moreFields() : nothing}
        </div>
      </form>
    `;
  }

  readonly #loadSources: LoadChoices = async (query, signal) => {
    const choices = await this.load('source', query, signal);
    return sourceGroups(choices, (patch) => emit(this, 'form-choose', patch));
  };

  readonly #loadDestinations: LoadChoices = async (query, signal) => {
    const choices = await this.load('destination', query, signal);
    return destinationGroups(choices, (patch) => emit(this, 'form-choose', patch));
  };

  #protocol(): TemplateResult {
    const { protocol } = this.model.form;
    const known = protocols.includes(protocol) ? protocols : [...protocols, protocol];
    return this.#labelled(
      'protocol',
      strings.protocol,
      html`<select
        id="protocol"
        class="box"
        aria-invalid=${this.#error('protocol') !== ''}
        @change=${(event: Event) => this.#chosen(event)}
      >
        ${known.map(
          (each) =>
            html`<option value=${each} .selected=${each === protocol}>
              ${each === '' ? strings.automatic : clean(each.toUpperCase())}
            </option>`,
        )}
      </select>`,
    );
  }

  /** One button that traces or cancels: the focus stays on it while it changes. */
  #goButton(): TemplateResult {
    const slow = this.model.work === 'slow';
    return html`<button
      type=${slow ? 'button' : 'submit'}
      class="button ${slow ? 'secondary' : ''}"
      @click=${() => {
        if (slow) emit(this, 'trace-cancel', null);
      }}
    >
      ${slow ? strings.cancel : strings.trace}
    </button>`;
  }

  #bar(): TemplateResult {
    const { more, visits, position, answered } = this.model;
    const set = more ? '' : this.#setFields();
    return html`<div class="bar">
      <button
        type="button"
        class="tool twistie"
        aria-expanded=${more}
        aria-controls="more"
        @click=${() => emit(this, 'form-more', !more)}
      >
        ${icon(more ? 'chevron-down' : 'chevron-right')} ${strings.more}
        ${set === '' ? nothing : html`<span class="dim set">· ${set}</span>`}
      </button>
      <span class="gap"></span>
      ${this.#historyButton(-1, position > 0)} ${this.#historyButton(1, position < visits.length - 1)}
      <copy-menu .formats=${copyFormats} ?disabled=${answered === null}></copy-menu>
    </div>`;
  }

  #historyButton(by: -1 | 1, possible: boolean): TemplateResult {
    const label = by === -1 ? strings.back : strings.forward;
    return html`<button
      type="button"
      class="tool"
      title=${label}
      aria-label=${label}
      ?disabled=${!possible}
      @click=${() => emit(this, 'history-go', by)}
    >
      ${icon(by === -1 ? 'arrow-left' : 'arrow-right')}
    </button>`;
  }

  /** What is set under "More", so that nothing that changes the answer is out of sight. */
  #setFields(): string {
    const { form } = this.model;
    const fields = moreFields.filter(({ field, fits }) => (form[field] ?? '') !== '' && fits(form));
    const texts = fields.map(({ field, label }) => `${label} ${form[field] ?? ''}`);
    return clean((form.state === '' ? texts : [`${strings.state} ${form.state}`, ...texts]).join(', '));
  }

  #moreFields(): TemplateResult {
    const { form } = this.model;
    const state = html`<select id="state" class="box" @change=${(event: Event) => this.#chosen(event)}>
      ${Object.entries(strings.states).map(
        ([value, label]) => html`<option value=${value} .selected=${value === form.state}>${label}</option>`,
      )}
    </select>`;
    return html`${this.#labelled('state', strings.state, state)}
    ${moreFields
      .filter(({ fits }) => fits(form))
      .map(({ field, label, placeholder }) => this.#labelled(field, label, this.#text(field, placeholder)))}`;
  }

  #text(field: Field, placeholder: string): TemplateResult {
    return html`<input
      id=${field}
      class="box mono"
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      aria-invalid=${this.#error(field) !== ''}
      aria-describedby="${field}-error"
      .value=${this.model.form[field] ?? ''}
      @input=${(event: Event) => this.#typed(event)}
    />`;
  }

  #labelled(field: Field, label: string, control: TemplateResult): TemplateResult {
    const error = this.#error(field);
    return html`<div class=${field}>
      <label class="label" for=${field}>${label}</label>
      ${control}
      <div id="${field}-error" class="error" ?hidden=${error === ''}>
        ${error === '' ? nothing : html`${icon('error')}<span>${clean(error)}</span>`}
      </div>
    </div>`;
  }

  #error(field: Field): string {
    return this.model.errors
      .filter((error) => error.field === field)
      .map(({ message }) => message)
      .join(' ');
  }

  #typed(event: Event): void {
    if (event.target instanceof HTMLInputElement)
      emit(this, 'form-edit', { [event.target.id]: event.target.value });
  }

  #chosen(event: Event): void {
    if (event.target instanceof HTMLSelectElement)
      emit(this, 'form-edit', { [event.target.id]: event.target.value });
  }

  #submit(event: Event): void {
    event.preventDefault();
    emit(this, 'trace-run', null);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'flow-form': FlowFormElement;
  }
}
