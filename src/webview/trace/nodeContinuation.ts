import { LitElement, css, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { icon } from '../shared/icon.ts';
import { isLive } from '../shared/live.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, percent } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import { emit, listen } from './events.ts';
import type { Getting } from './nodesModel.ts';
import { factsStyles, outcomeFacts } from './outcomeFacts.ts';
import { decisiveStep } from './pathRows.ts';
import type { LoadConsidered } from './pathTree.ts';
import { strings } from './strings.ts';
import type {
  Narrative,
  NarrativeContinuation,
  NarrativeLocation,
  NarrativeOutcome,
} from '../../kubeproxy/narrative/narrative.ts';
import type { WantedRules } from '../../protocol/requests.ts';

/** Asks for rules that did not match on a node further on; `leg`: the ids of the continuations that lead to it. */
export type LoadOnLeg = (
  leg: readonly string[],
  ...asked: Parameters<LoadConsidered>
) => ReturnType<LoadConsidered>;

/** Where the packet of an outcome goes on: the next node's part of the path, and what follows it. */
export class NodeContinuation extends LitElement {
  @property({ attribute: false }) continuation!: NarrativeContinuation;
  /** Of all packets, how many come here. */
  @property({ attribute: false }) share = 1;
  /** The ids of the continuations before this one. */
  @property({ attribute: false }) way: readonly string[] = [];
  @property({ attribute: false }) wanted: readonly WantedRules[] = [];
  @property({ attribute: false }) getting: ReadonlyMap<string, Getting> = new Map();
  @property({ attribute: false }) load!: LoadOnLeg;

  @state() private selected: string | null = null;
  @state() private step: string | null = null;

  static override styles = [
    baseStyles,
    factsStyles,
    css`
      :host {
        margin-top: 8px;
        border-top: 1px solid var(--line);
      }
      header,
      .missing {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 4px 8px;
        padding: 8px 16px;
        overflow-wrap: anywhere;
      }
      .missing {
        padding-top: 0;
      }
      h2,
      header p {
        grid-column: 2;
        margin: 0;
      }
      header h2 {
        grid-column: 1 / 3;
        font-size: 0.85em;
        font-weight: 600;
        letter-spacing: 0.03em;
        text-transform: uppercase;
      }
      .packet {
        grid-column: 1 / 3;
      }
      header .headline {
        font-weight: 600;
      }
      .count {
        color: var(--dim);
        font-weight: 400;
        letter-spacing: normal;
        text-transform: none;
      }
      assumption-list {
        grid-column: 2;
        width: 100%;
      }
      .button {
        grid-column: 2;
        justify-self: start;
        max-width: 100%;
        overflow-wrap: anywhere;
        white-space: normal;
      }
      .failed {
        grid-column: 2;
        margin: 0;
      }
      @container (max-width: 640px) {
        header,
        .missing {
          padding-inline: 12px;
        }
      }
    `,
  ];

  protected override firstUpdated(): void {
    // What is chosen here is this node's: the panel's own outcome stays.
    this.#own('outcome-select', (id) => this.#select(id));
    this.#own('outcome-reveal', (id) => this.#revealOutcome(id));
    this.#own('step-select', ({ id, location }) => this.#selectStep(id, location));
    this.#own('location-reveal', (location) => this.#tell('reveal', location));
  }

  #own<Name extends 'outcome-select' | 'outcome-reveal' | 'step-select' | 'location-reveal'>(
    name: Name,
    hear: Parameters<typeof listen<Name>>[2],
  ): void {
    this.renderRoot.addEventListener(name, (event) => event.stopPropagation());
    listen(this.renderRoot, name, hear);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('continuation')) {
      const outcomes = this.#outcomes();
      if (!outcomes.some(({ id }) => id === this.selected)) {
        this.selected = outcomes[0]?.id ?? null;
        this.step = null;
      }
    }
  }

  override render(): TemplateResult {
    const { node, packet, narrative } = this.continuation;
    return html`<section aria-label=${clean(strings.goesOn(node))}>
      <header>
        <h2>
          ${clean(strings.goesOn(node))}
          ${this.share < 1 ? html`<span class="count">${strings.comesHere(percent(this.share))}</span>` : nothing}
        </h2>
        <p class="packet mono dim">${clean(packet)}</p>
        ${narrative === null ? nothing : this.#headline(narrative)}
      </header>
      ${narrative === null ? this.#missing() : this.#path(narrative)}
    </section>`;
  }

  #headline({ verdict, headline, assumptions }: Narrative): TemplateResult {
    return html`${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}
      <p class="headline"><span class="unseen">${verdictWord(verdict)}: </span>${clean(headline)}</p>
      <assumption-list .assumptions=${assumptions}></assumption-list>`;
  }

  #missing(): TemplateResult {
    const { node, message } = this.continuation;
    const wanted = this.wanted.find((each) => each.node === node);
    const getting = this.getting.get(node);
    return html`<div class="missing">
      ${icon('question', 'verdict-unknown')}
      <span>${clean(message)}</span>
      ${
        getting?.kind === 'failed'
          ? html`<p class="failed" role="alert">${clean(getting.message)}</p>`
          : nothing
      }
      ${wanted === undefined ? nothing : this.#remedy(wanted, getting?.kind === 'working')}
    </div>`;
  }

  /** Of a live node the rules can be read; beside a saved snapshot they have to be put. */
  #remedy(wanted: WantedRules, isWorking: boolean): TemplateResult {
    const { node, uri } = wanted;
    if (!isLive(uri)) {
      const path = uri.split('/').slice(-2).join('/');
      return html`<span class="failed dim">${clean(strings.putBeside(path))}</span>`;
    }
    return html`<button
      type="button"
      class="button secondary"
      ?disabled=${isWorking}
      @click=${() => emit(this, 'rules-get', wanted)}
    >
      ${clean(isWorking ? strings.gettingRules(node) : strings.getRules(node))}
    </button>`;
  }

  #path({ groups }: Narrative): TemplateResult {
    const outcomes = this.#outcomes();
    const outcome = outcomes.find(({ id }) => id === this.selected) ?? outcomes[0];
    if (outcome === undefined) return html``;
    const isOne = outcomes.length === 1 && groups.every(({ condition }) => condition === '');
    const { continuations } = this.continuation;
    const following = continuations.filter((each) => each.outcomes.includes(outcome.id));
    return html`${
        isOne ? nothing : html`<outcome-list .groups=${groups} .selected=${outcome.id}></outcome-list>`
      }
      ${outcomeFacts(outcome, this.#said())}
      <path-tree .outcome=${outcome} .selected=${this.step} .load=${this.#loadHere}></path-tree>
      ${following.map(
        (each) =>
          html`<node-continuation
            .continuation=${each}
            .share=${this.share * outcome.share}
            .way=${[...this.way, this.continuation.id]}
            .wanted=${this.wanted}
            .getting=${this.getting}
            .load=${this.load}
          ></node-continuation>`,
      )}`;
  }

  /** What the line on top says already. */
  #said(): string {
    return this.continuation.narrative?.headline ?? '';
  }

  #outcomes(): readonly NarrativeOutcome[] {
    return this.continuation.narrative?.groups.flatMap(({ outcomes }) => outcomes) ?? [];
  }

  #select(id: string): void {
    this.selected = id;
    this.step = null;
  }

  #revealOutcome(id: string): void {
    this.#select(id);
    const outcome = this.#outcomes().find((each) => each.id === id);
    const location = decisiveStep(outcome?.path ?? [])?.location ?? null;
    if (location !== null) this.#tell('reveal', location);
  }

  #selectStep(id: string | null, location: NarrativeLocation | null): void {
    this.step = id;
    if (location !== null) this.#tell('highlight', location);
  }

  #tell(type: 'highlight' | 'reveal', location: NarrativeLocation): void {
    emit(this, 'node-location', { node: this.continuation.node, location, type });
  }

  readonly #loadHere: LoadConsidered = (...asked) => this.load([...this.way, this.continuation.id], ...asked);
}
