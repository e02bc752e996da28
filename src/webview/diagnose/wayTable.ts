import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ToldCell, ToldRow } from '../../kubeproxy/diagnose/told.ts';
import type { ShownDiagnosis } from '../../protocol/diagnosis.ts';
import type { TextLocation } from '../../protocol/requests.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { stateIcon, stateStyles } from './stateIcon.ts';
import { strings } from './strings.ts';
import { wayTableStyles } from './wayTableStyles.ts';

/** Frontends by vantages (the ARIA grid pattern): arrows move, Enter opens the trace of a way. */
export class WayTable extends LitElement {
  @property({ attribute: false }) ways!: ShownDiagnosis['ways'];
  /** Which cell has the keyboard: its row and column. */
  @state() private at: readonly [row: number, column: number] | null = null;

  static override styles = [baseStyles, stateStyles, wayTableStyles];

  override render(): TemplateResult {
    const { columns, rows } = this.ways;
    const [row, column] = this.#current();
    return html`<div
      class="table"
      role="grid"
      aria-label=${strings.ways}
      .style=${`--columns: ${columns.length}`}
      @keydown=${(event: KeyboardEvent) => this.#key(event)}
    >
      <div class="row heads" role="row">
        <span class="head" role="columnheader">${strings.frontend}</span>
        ${columns.map((title) => html`<span class="head" role="columnheader">${title}</span>`)}
      </div>
      ${rows.map((each, index) => this.#row(each, index, index === row ? column : -1))}
    </div>`;
  }

  #row({ name, cells }: ToldRow<TextLocation>, row: number, current: number): TemplateResult {
    return html`<div class="row" role="row">
      <span class="name" role="rowheader">${clean(name)}</span>
      ${cells.map((cell, column) =>
        cell === null
          ? this.#nobody(column)
          : html`<span class="cell" role="gridcell"
              >${this.#button(cell, row, column, column === current)}</span
            >`,
      )}
    </div>`;
  }

  #nobody(column: number): TemplateResult {
    return html`<span class="cell nobody" role="gridcell">
      <span class="from" aria-hidden="true">${this.ways.columns[column]}</span>
      <span class="dim" aria-hidden="true">–</span><span class="unseen">${strings.nobody}</span>
    </span>`;
  }

  #button(
    { state: of, words, way, headline, packet }: ToldCell<TextLocation>,
    row: number,
    column: number,
    isCurrent: boolean,
  ): TemplateResult {
    const said = strings.cell(clean(way), words === '' ? strings.arrives : words, clean(headline));
    return html`<button
      type="button"
      data-cell="${row} ${column}"
      tabindex=${isCurrent ? 0 : -1}
      aria-label=${said}
      title=${clean(headline)}
      @focus=${() => (this.at = [row, column])}
      @click=${() => emit(this, 'packet-trace', packet)}
    >
      <span class="from" aria-hidden="true">${this.ways.columns[column]}</span>
      ${stateIcon(of)}<span>${words}</span>
    </button>`;
  }

  /** The cell that Tab leads to: where the keyboard was, else the first that fails, else the first. */
  #current(): readonly [number, number] {
    const all = this.ways.rows.flatMap(({ cells }, row) =>
      cells.flatMap((cell, column) => (cell === null ? [] : [{ cell, row, column }])),
    );
    const found =
      all.find(({ row, column }) => row === this.at?.[0] && column === this.at[1]) ??
      all.find(({ cell }) => cell.state === 'fail') ??
      all[0];
    return found === undefined ? [-1, -1] : [found.row, found.column];
  }

  #key(event: KeyboardEvent): void {
    const [row, column] = this.#current();
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#moveFrom(row, column, step);
  }

  /** To the next cell that way that stands for a packet. */
  #moveFrom(row: number, column: number, [down, right]: readonly [number, number]): void {
    const { rows, columns } = this.ways;
    for (
      let y = row + down, x = column + right;
      y >= 0 && y < rows.length && x >= 0 && x < columns.length;
      y += down, x += right
    ) {
      const button = this.renderRoot.querySelector<HTMLElement>(`[data-cell="${y} ${x}"]`);
      if (button === null) continue;
      button.focus();
      return;
    }
  }
}
