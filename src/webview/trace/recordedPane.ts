import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { ruleText } from './pathRow.ts';
import type { RecordedItem } from './recordingModel.ts';
import { recordedStyles } from './recordedStyles.ts';
import { strings } from './strings.ts';
import type { CapturedPacketShown, RecordedStep } from '../../protocol/recording.ts';
import type { TextLocation } from '../../protocol/requests.ts';

/** What was recorded of the packet that is traced: the kernel's way over the rules, or the packets of its connection. */
export class RecordedPane extends LitElement {
  @property({ attribute: false }) item!: RecordedItem;

  static override styles = [baseStyles, recordedStyles];

  override render(): TemplateResult {
    const { item } = this;
    return item.kind === 'traced'
      ? html`<ol class="steps" aria-label=${strings.kernelPath}>
          ${item.of.steps.map((step, index, all) => this.#step(step, all[index - 1]?.table ?? null))}
        </ol>`
      : html`<ol class="steps" aria-label=${strings.capturedPackets}>
            ${item.of.packets.map((packet) => this.#packet(packet))}
          </ol>
          ${item.of.more > 0 ? html`<p class="more dim">${strings.morePackets(item.of.more)}</p>` : nothing}`;
  }

  /** Where the ways part is in sight, as far as the pane scrolls by itself. */
  protected override updated(changed: PropertyValues<this>): void {
    const row = changed.has('item') ? this.renderRoot.querySelector<HTMLElement>('.parts') : null;
    const pane = this.parentElement;
    if (row !== null && pane !== null)
      pane.scrollTop = row.offsetTop - pane.offsetTop - pane.clientHeight / 2;
  }

  #step(step: RecordedStep, tableBefore: string | null): TemplateResult {
    const { table, chain, what, text, way, location } = step;
    const body = html`${way === 'parts' ? icon('error', 'verdict-drop') : html`<span class="icon"></span>`}
      <span class="place"
        ><span class="chain">${clean(chain)}</span> <span class="dim">${clean(what)}</span></span
      >
      ${text === '' ? nothing : html`<span class="text">${ruleText(text)}</span>`}
      ${way === 'parts' ? html`<span class="parting">${strings.partsHere}</span>` : nothing}`;
    return html`<li class="step ${way}">
      ${table === tableBefore ? nothing : html`<span class="table">${clean(table)}</span>`}
      ${
        location === null
          ? html`<span class="row">${body}</span>`
          : html`<button
              type="button"
              class="row"
              title=${strings.toTheRule}
              @click=${() => this.#reveal(location)}
            >
              ${body}
            </button>`
      }
    </li>`;
  }

  #packet({ time, title, stage, seen }: CapturedPacketShown): TemplateResult {
    return html`<li class="step captured ${stage}">
      <span class="row"
        ><span class="stage" aria-hidden="true"></span
        ><span class="place">${clean(seen)} <span class="dim time">${clean(time)}</span></span
        ><span class="text">${clean(title)}</span></span
      >
    </li>`;
  }

  #reveal(location: TextLocation): void {
    emit(this, 'recorded-reveal', location);
  }
}
