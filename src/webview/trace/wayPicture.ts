import { LitElement, html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { NarrativeOutcome } from '../../kubeproxy/narrative/narrative.ts';
import type { Drawing, Part, Target } from '../../kubeproxy/picture/drawing.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean } from '../shared/text.ts';
import { emit } from './events.ts';
import { Chosen } from './pictureChoice.ts';
import { pictureStyles } from './pictureStyles.ts';
import { beside, keyOf } from './pictureWalk.ts';
import { strings } from './strings.ts';

interface Pictures {
  readonly across: Drawing;
  readonly upright: Drawing;
}

/** Smaller than this part of its size nobody reads it: it stands upright then. */
const LEAST = 0.85;

/** The packet's way as a picture: from left to right where there is room for it, else from top to bottom. */
export class WayPicture extends LitElement {
  @property({ attribute: false }) pictures: Pictures | null = null;
  @property() headline = '';
  @property({ attribute: false }) outcomes: readonly NarrativeOutcome[] = [];
  /** The outcome that is shown beside, and which step of its path. */
  @property() selected = '';
  @property() step: string | null = null;
  @state() private width = 0;
  @state() private isOpen = true;
  /** The one target that Tab stops at (the ARIA toolbar pattern); arrow keys go on from there. */
  @state() private stop = '';
  readonly #sizes = new ResizeObserver(([entry]) => {
    this.width = entry?.contentRect.width ?? 0;
  });

  static override styles = [baseStyles, pictureStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    this.#sizes.disconnect();
    super.disconnectedCallback();
  }

  override render(): TemplateResult | typeof nothing {
    const drawing = this.#drawing();
    if (drawing === null || drawing.targets.length === 0) return nothing;
    return html`<details
      ?open=${this.isOpen}
      @toggle=${(event: Event) => {
        this.isOpen = event.target instanceof HTMLDetailsElement && event.target.open;
      }}
    >
      <summary>${strings.picture}</summary>
      <div class="scroll">${this.isOpen ? this.#drawn(drawing) : nothing}</div>
    </details>`;
  }

  #drawing(): Drawing | null {
    if (this.pictures === null) return null;
    const { across, upright } = this.pictures;
    return this.width < across.width * LEAST ? upright : across;
  }

  #drawn(drawing: Drawing): TemplateResult {
    const { width, height, parts, targets } = drawing;
    const chosen = new Chosen(targets, this.outcomes, this.selected, this.step);
    const stop = targets.find((each) => keyOf(each) === this.stop) ?? chosen.end ?? targets[0];
    return html`<svg
      viewBox="0 0 ${width} ${height}"
      width=${width}
      role="toolbar"
      aria-label=${clean(`${strings.picture}: ${this.headline}`)}
      @keydown=${(event: KeyboardEvent) => this.#key(event, stop, targets)}
    >
      <g aria-hidden="true">${parts.map(partSvg)}</g>
      ${targets.map((target) => this.#target(target, chosen, target === stop))}
    </svg>`;
  }

  #target(target: Target, chosen: Chosen, isStop: boolean): TemplateResult {
    const { x, y, width, height, words, step } = target;
    const current = chosen.has(target) ? (step === null ? 'true' : 'step') : 'false';
    return svg`<g
      class="target ${current === 'false' ? '' : 'current'} ${step === null ? 'end' : ''}"
      role="button"
      tabindex=${isStop ? 0 : -1}
      aria-label=${clean(words)}
      aria-current=${current}
      data-key=${keyOf(target)}
      @focus=${() => {
        this.stop = keyOf(target);
      }}
      @click=${() => this.#choose(target, chosen)}
    ><title>${clean(words)}</title><rect x=${x} y=${y} width=${width} height=${height} rx="4"></rect></g>`;
  }

  #choose(target: Target, chosen: Chosen): void {
    const { outcome, step } = chosen.by(target);
    if (outcome !== this.selected || step === null) emit(this, 'outcome-select', outcome);
    if (step !== null) emit(this, 'step-select', { id: step, location: null });
  }

  #key(event: KeyboardEvent, at: Target | undefined, targets: readonly Target[]): void {
    if (event.altKey || event.ctrlKey || event.metaKey || at === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const chosen = new Chosen(targets, this.outcomes, this.selected, this.step);
      this.#choose(at, chosen);
      if (at.step === null && event.key === 'Enter') emit(this, 'outcome-reveal', chosen.by(at).outcome);
      return;
    }
    const to = beside(at, targets, event.key);
    if (to === null) return;
    event.preventDefault();
    this.stop = keyOf(to);
    this.renderRoot.querySelector<SVGGElement>(`[data-key="${keyOf(to)}"]`)?.focus();
  }
}

function partSvg(part: Part): TemplateResult {
  switch (part.kind) {
    case 'box':
      return svg`<rect class="box ${part.look}" x=${part.x} y=${part.y} width=${part.width} height=${part.height} rx="4"></rect>`;
    case 'line':
      return svg`<polyline class=${part.look} points=${part.points}></polyline>${
        part.head === null ? nothing : svg`<path class=${part.look} d=${part.head}></path>`
      }`;
    case 'text':
      return svg`<text class=${part.look} x=${part.x} y=${part.y}>${
        part.text === part.full ? nothing : svg`<title>${clean(part.full)}</title>`
      }${clean(part.text)}</text>`;
    case 'dot':
      return svg`<circle class=${part.look} cx=${part.x} cy=${part.y} r=${part.radius}></circle>`;
    default:
      return svg`<path class="stop" d=${part.path}></path>`;
  }
}
