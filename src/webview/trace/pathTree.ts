import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { showActiveRow } from '../shared/activeRow.ts';
import { icon } from '../shared/icon.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { consideredPage, rowBody, rowClass, twistie } from './pathRow.ts';
import { asks, canOpen, decisiveStep, rowsOf, stretchId, wayTo } from './pathRows.ts';
import type { Considered, PathRow, Stretch } from './pathRows.ts';
import { pathStyles } from './pathStyles.ts';
import { strings } from './strings.ts';
import type { ConsideredPage } from '../../kubeproxy/narrative/considered.ts';
import type { FailureKind } from '../../kubeproxy/narrative/failureKind.ts';
import type {
  NarrativeLocation,
  NarrativeOutcome,
  NarrativeStep,
} from '../../kubeproxy/narrative/narrative.ts';

/** Asks for the rules of a skipped stretch, as many as `limit`; `total` counts them all. */
export type LoadConsidered = (
  outcome: NarrativeOutcome,
  asked: NonNullable<NarrativeStep['skipped']> & { readonly kind?: FailureKind; readonly words?: string },
  limit: number,
) => Promise<ConsideredPage>;

const none: Considered = { items: [], total: 0, kinds: [], loading: true, error: null };

/** Letters typed within this many milliseconds of each other make one word to look for. */
const typeAheadPause = 700;

/** The path of one outcome as a tree (the ARIA tree pattern): hooks, rules, jumps nested, and why not, on demand. */
export class PathTree extends LitElement {
  @property({ attribute: false }) outcome!: NarrativeOutcome;
  @property() selected: string | null = null;
  @property({ attribute: false }) load!: LoadConsidered;

  @state() private toggled: ReadonlyMap<string, boolean> = new Map();
  @state() private considered: ReadonlyMap<string, Considered> = new Map();
  @state() private current: string | null = null;

  #rows: readonly PathRow[] = [];
  #typed = '';
  #typedAt = Number.NEGATIVE_INFINITY;
  /** Whether the pane shows what the outcome is because of: until a reader goes elsewhere in it. */
  #showsDecisive = false;
  /** The picture above, a question and the window take room from the pane after it was drawn. */
  readonly #sizes = new ResizeObserver(() => {
    if (this.#showsDecisive) this.#showDecisive();
  });

  static override styles = [baseStyles, pathStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    const pane = this.parentElement;
    if (pane === null) return;
    this.#sizes.observe(pane);
    for (const type of ['wheel', 'pointerdown', 'keydown'])
      pane.addEventListener(type, this.#leaveToReader, { passive: true });
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect();
    super.disconnectedCallback();
  }

  readonly #leaveToReader = (): void => {
    this.#showsDecisive = false;
  };

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('outcome')) {
      this.toggled = new Map();
      this.considered = new Map();
    }
    if ((changed.has('selected') || changed.has('outcome')) && this.selected !== null)
      this.#openTo(this.selected);
    this.#rows = rowsOf(this.outcome.path, { toggled: this.toggled, considered: this.considered });
    if (!this.#rows.some(({ id }) => id === this.current)) this.current = this.#rows[0]?.id ?? null;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('outcome')) {
      this.#showsDecisive = this.selected === null;
      if (this.#showsDecisive) this.#showDecisive();
    }
    if (changed.has('selected') && this.selected !== null && changed.get('selected') !== undefined)
      this.#rowElement(this.selected)?.scrollIntoView({ block: 'nearest' });
  }

  override render(): TemplateResult {
    return html`<div
      class="tree"
      role="tree"
      tabindex="0"
      aria-label=${clean(strings.pathOf(this.outcome.title))}
      aria-activedescendant=${this.current === null ? nothing : this.#domId(this.current)}
      @focus=${(event: FocusEvent) => showActiveRow(event, this.#rowElement(this.current ?? ''))}
      @keydown=${(event: KeyboardEvent) => this.#key(event)}
    >
      ${repeat(
        this.#rows,
        ({ id }) => id,
        (row) => this.#row(row),
      )}
    </div>`;
  }

  #row(row: PathRow): TemplateResult {
    const location = locationOf(row);
    return html`<div
      id=${this.#domId(row.id)}
      class="row ${rowClass(row)} ${row.id === this.current ? 'current' : ''}"
      role="treeitem"
      aria-level=${row.level}
      aria-posinset=${row.position}
      aria-setsize=${row.siblings}
      aria-expanded=${expandedOf(row) ?? nothing}
      aria-selected=${row.id === this.selected}
      .style=${`--level: ${row.level}`}
      @click=${(event: MouseEvent) => this.#clicked(row, event)}
      @dblclick=${() => this.#reveal(row)}
    >
      ${twistie(row)}${rowBody(row)}
      ${
        location === null
          ? nothing
          : html`<button
              type="button"
              class="tool go"
              tabindex="-1"
              title=${strings.reveal}
              aria-hidden="true"
              @click=${(event: Event) => {
                event.stopPropagation();
                emit(this, 'location-reveal', location);
              }}
            >
              ${icon('go-to-file')}
            </button>`
      }
    </div>`;
  }

  #domId(id: string): string {
    return `row-${id.replaceAll(/\s/g, '_')}`;
  }

  #rowElement(id: string): Element | null {
    return this.shadowRoot?.getElementById(this.#domId(id)) ?? null;
  }

  /** In a pane that scrolls by itself: the page stays, so that the answer does. */
  #showDecisive(): void {
    const row = this.#rowElement(decisiveStep(this.outcome.path)?.id ?? '')?.getBoundingClientRect();
    const pane = this.parentElement;
    if (row === undefined || pane === null || getComputedStyle(pane).overflowY !== 'auto') return;
    const { top, bottom } = pane.getBoundingClientRect();
    if (row.bottom > bottom) pane.scrollTop += row.bottom - bottom + 8;
    else if (row.top < top) pane.scrollTop -= top - row.top + 8;
  }

  #openTo(id: string): void {
    this.current = id;
    const above = wayTo(this.outcome.path, id)?.slice(0, -1) ?? [];
    if (above.length > 0)
      this.toggled = new Map([...this.toggled, ...above.map((step) => [step.id, true] as const)]);
  }

  #clicked(row: PathRow, event: MouseEvent): void {
    // The second click of a double click reveals; it must not close again what the first one opened.
    if (event.detail > 1) return;
    this.#moveTo(row);
    this.#activate(row);
  }

  /** Opens or closes the row, or asks for what it stands for. */
  #activate(row: PathRow): void {
    if (row.kind === 'step' && canOpen(row.step)) this.#toggle(row.step, row.expanded !== true);
    else if (row.kind === 'kind') this.#open(row, !row.expanded);
    else if (row.kind === 'more' || row.kind === 'failed') void this.#fetch(row);
  }

  #moveTo(row: PathRow): void {
    this.current = row.id;
    emit(this, 'step-select', { id: row.id, location: locationOf(row) });
    void this.updateComplete.then(() => this.#rowElement(row.id)?.scrollIntoView({ block: 'nearest' }));
  }

  #reveal(row: PathRow): void {
    const location = locationOf(row);
    if (location !== null) emit(this, 'location-reveal', location);
  }

  #toggle(step: NarrativeStep, open: boolean): void {
    if (asks(step)) this.#open({ step, of: null }, open);
    else this.toggled = new Map([...this.toggled, [step.id, open]]);
  }

  #open(stretch: Stretch, open: boolean): void {
    const id = stretchId(stretch);
    this.toggled = new Map([...this.toggled, [id, open]]);
    if (open && !this.considered.has(id)) void this.#fetch(stretch);
  }

  async #fetch({ step, of }: Stretch): Promise<void> {
    if (step.skipped === null) return;
    const { outcome } = this;
    const id = stretchId({ step, of });
    const before = this.considered.get(id) ?? none;
    this.#know(id, { ...before, loading: true, error: null });
    try {
      // A rule's number counts from 1, so it is the index of the rule after it.
      const from = before.items.at(-1)?.number ?? step.skipped.from;
      const asked = { ...step.skipped, from, ...(of === null ? {} : { kind: of }) };
      const page = await this.load(outcome, asked, consideredPage);
      if (this.outcome !== outcome) return;
      const items = [...before.items, ...page.items];
      // A page without a rule is the end, whatever the total said: never ask for ever.
      const total = page.items.length === 0 ? items.length : before.items.length + page.total;
      const kinds = before.items.length === 0 ? page.kinds : before.kinds;
      this.#know(id, { items, total, kinds, loading: false, error: null });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.outcome === outcome) this.#know(id, { ...before, loading: false, error: message });
    }
  }

  #know(id: string, considered: Considered): void {
    this.considered = new Map([...this.considered, [id, considered]]);
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = this.#rows.findIndex(({ id }) => id === this.current);
    const row = this.#rows[at];
    if (row === undefined || !(this.#walk(event.key, at) || this.#use(event, row) || this.#find(event, at)))
      return;
    event.preventDefault();
    event.stopPropagation();
  }

  #walk(key: string, at: number): boolean {
    const last = this.#rows.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + 12, PageUp: at - 12 }[
      key
    ];
    if (to === undefined) return false;
    const row = this.#rows[Math.min(Math.max(to, 0), last)];
    if (row !== undefined) this.#moveTo(row);
    return true;
  }

  #use({ key, timeStamp }: KeyboardEvent, row: PathRow): boolean {
    const open = expandedOf(row);
    if (key === 'ArrowRight') {
      if (open === false) this.#activate(row);
      else if (open === true) this.#walk('ArrowDown', this.#rows.indexOf(row));
      return true;
    }
    if (key === 'ArrowLeft') {
      if (open === true) this.#activate(row);
      else this.#toParent(row);
      return true;
    }
    if (key === 'Enter') {
      if (locationOf(row) === null) this.#activate(row);
      else this.#reveal(row);
      return true;
    }
    if (key === ' ' && !this.#isTyping(timeStamp)) {
      this.#activate(row);
      return true;
    }
    return false;
  }

  #toParent({ parent }: PathRow): void {
    const row = this.#rows.find(({ id }) => id === parent);
    if (row !== undefined) this.#moveTo(row);
  }

  #isTyping(now: number): boolean {
    return now - this.#typedAt < typeAheadPause;
  }

  /** Type-ahead: the next row that has these letters. */
  #find({ key, timeStamp }: KeyboardEvent, at: number): boolean {
    if (key.length !== 1) return false;
    this.#typed = this.#isTyping(timeStamp) ? this.#typed + key : key;
    this.#typedAt = timeStamp;
    const wanted = this.#typed.toLowerCase();
    const from = this.#typed.length === 1 ? at + 1 : at;
    const order = [...this.#rows.slice(from), ...this.#rows.slice(0, from)];
    const found = order.find((row) => labelOf(row).toLowerCase().includes(wanted));
    if (found !== undefined) this.#moveTo(found);
    return true;
  }
}

function locationOf(row: PathRow): NarrativeLocation | null {
  if (row.kind === 'step') return row.step.location;
  return row.kind === 'considered' ? row.rule.location : null;
}

/** Null for what cannot be opened. */
function expandedOf(row: PathRow): boolean | null {
  return row.kind === 'step' || row.kind === 'kind' ? row.expanded : null;
}

function labelOf(row: PathRow): string {
  if (row.kind === 'step') return row.step.label;
  if (row.kind === 'kind') return strings.failedTest[row.of ?? 'other'](row.count);
  return row.kind === 'considered' ? row.rule.text : '';
}
