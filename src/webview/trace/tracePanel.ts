import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { CopyFormat } from '../shared/copyMenu.ts';
import { Host } from '../shared/host.ts';
import { icon } from '../shared/icon.ts';
import { isLive } from '../shared/live.ts';
import { pageStyles } from '../shared/pageStyles.ts';
import { baseStyles } from '../shared/styles.ts';
import { clean, cleanLines, percent } from '../shared/text.ts';
import { copyAnswer } from './copyAnswer.ts';
import { listen } from './events.ts';
import type { LoadSide } from './flowForm.ts';
import type { LoadOnLeg } from './nodeContinuation.ts';
import { NodesModel } from './nodesModel.ts';
import { factsStyles, outcomeFacts } from './outcomeFacts.ts';
import { decisiveStep, wayTo } from './pathRows.ts';
import type { LoadConsidered } from './pathTree.ts';
import { RecordedBeside } from './recordedBeside.ts';
import { strings } from './strings.ts';
import { TraceModel } from './traceModel.ts';
import type { Answered } from './traceModel.ts';
import { traceStyles } from './traceStyles.ts';
import { banner, withoutAnswer } from './withoutAnswer.ts';
import type { NarrativeLocation, NarrativeOutcome } from '../../kubeproxy/narrative/narrative.ts';
import type { TracePanelContract, TracePanelState } from '../../protocol/tracePanel.ts';
import type { Choice, SourceUris, TextLocation, WantedRules } from '../../protocol/requests.ts';

const choicesLimit = 80;
/** How many Services the empty panel offers to start with. */
const fewStarts = 6;

/** The trace panel: the whole page. Knows the model and the host; its parts know neither. */
export class TracePanel extends LitElement {
  readonly #host = new Host<TracePanelContract>({
    open: (opened) => this.#open(opened),
    hear: (news) => this.#hear(news),
  });
  readonly #model: TraceModel = new TraceModel(this.#host, () => this.requestUpdate());
  readonly #beside: RecordedBeside = new RecordedBeside(this.#model, this.#host, () => this.requestUpdate());
  readonly #nodes: NodesModel = new NodesModel(this.#host, () => this.requestUpdate());

  /** Services to start with, offered while there is no answer. */
  @state() private starts: readonly Choice[] = [];
  #startsFor = '';
  /** Of what the other nodes were asked last. */
  #comparedFor: Answered | null = null;
  #comparedUris: readonly string[] = [];
  /** The outcome whose deciding rule was marked last. */
  #marked: NarrativeOutcome | null = null;

  readonly #retry = (): void => void this.#model.run();

  static override styles = [baseStyles, pageStyles, traceStyles, factsStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen();
    this.#host.ready();
  }

  #listen(): void {
    const model = this.#model;
    listen(this, 'form-edit', (patch) => model.edit(patch));
    listen(this, 'form-choose', (patch) => model.choose(patch));
    listen(this, 'form-swap', () => model.swap());
    listen(this, 'form-more', (more) => model.setMore(more));
    listen(this, 'trace-run', () => void model.run());
    listen(this, 'trace-cancel', () => model.cancel());
    listen(this, 'history-go', (by) => model.go(by));
    listen(this, 'copy-as', ({ format, done }) => void this.#copy(format, done));
    listen(this, 'assumption-decide', ({ keys, decisions }) => model.decide(keys, decisions));
    listen(this, 'outcome-select', (id) => model.select(id, null));
    listen(this, 'outcome-reveal', (id) => this.#revealOutcome(id));
    listen(this, 'step-select', ({ id, location }) => this.#selectStep(id, location));
    listen(this, 'location-reveal', (location) => this.#tell('reveal', location));
    listen(this, 'place-open', ({ at, leadsTo }) => {
      if (at !== null) model.select(at.outcome, at.step);
      if ('line' in leadsTo) this.#tell('reveal', leadsTo);
      else this.#host.tell({ type: 'openObject', object: leadsTo });
    });
    listen(this, 'node-location', ({ node, location, type }) =>
      this.#tellAt(type, this.#model.state.answered?.answer.nodeUris[node] ?? null, location),
    );
    listen(this, 'recording-select', (index) => void this.#beside.choose(index));
    listen(this, 'recording-close', () => this.#beside.close());
    listen(this, 'guide-next', () => this.#host.tell({ type: 'guideNext' }));
    listen(this, 'guide-close', () => model.closeGuide());
    listen(this, 'recorded-reveal', (location) => this.#host.tell({ type: 'reveal', location }));
    listen(this, 'rules-get', (wanted) => void this.#getRules(wanted));
    listen(this, 'nodes-choose', () => void this.#chooseNodes());
    listen(this, 'nodes-close', () => model.compare([]));
    listen(this, 'trace-on', (uri) => this.#host.tell({ type: 'traceOn', uri, form: model.visit.form }));
    // On the window: keys count wherever the focus is, also nowhere.
    window.addEventListener('keydown', (event) => this.#key(event));
  }

  #open(opened: TracePanelState): void {
    if (opened.uri !== this.#model.state.uri) this.#nodes.reset();
    this.#model.open(opened, this.#host.kept);
    this.#beside.open(opened.recording ?? null);
  }

  #hear(news: TracePanelContract['heard']): void {
    if (news.type === 'rulesChanged') {
      this.#model.noteRulesChanged(news.uri);
      this.#nodes.noteRulesChanged(news.uri);
      this.#beside.noteRulesChanged(news.uri);
    } else this.#model.noteTaken(news.taken);
  }

  async #getRules(wanted: WantedRules): Promise<void> {
    if (await this.#nodes.get(wanted)) await this.#model.runAgain();
  }

  async #chooseNodes(): Promise<void> {
    const uris = await this.#nodes.choose(this.#model.state.uri);
    if (uris !== null) this.#model.compare(uris);
  }

  /** Several nodes are asked about the packet that the answer is about, once for each. */
  #compare(): void {
    const { answered, compared } = this.#model.state;
    const isAsked = this.#comparedFor === answered && this.#comparedUris === compared;
    if (answered === null || isAsked || (compared.length === 0 && this.#comparedUris.length === 0)) return;
    this.#comparedFor = answered;
    this.#comparedUris = compared;
    void this.#nodes.ask(compared, answered.visit);
  }

  #sourceLine(): TemplateResult | typeof nothing {
    const { uri, name, taken } = this.#model.state;
    if (!isLive(uri)) return nothing;
    const choosing = this.#nodes.state.work === 'choosing';
    return html`<source-line .name=${name} .taken=${taken} .choosing=${choosing}></source-line>`;
  }

  override render(): TemplateResult {
    const { work } = this.#model.state;
    return html`<div class="page">
      <header class="form">
        ${this.#sourceLine()}
        <flow-form .model=${this.#model.state} .load=${this.#loadChoices}></flow-form>
      </header>
      <div
        class="progress ${work === 'slow' ? 'on' : ''}"
        role=${work === 'slow' ? 'progressbar' : 'presentation'}
        aria-label=${work === 'slow' ? strings.tracing : nothing}
      ></div>
      <main class="answer">
        ${this.#beside.list()} ${this.#beside.isAlone ? this.#untraced() : this.#main()}
      </main>
      <div class="unseen" role="status" aria-live="polite">${this.#announcement()}</div>
    </div>`;
  }

  protected override updated(): void {
    this.#compare();
    this.#beside.agree();
    this.#mark();
    const { uri, answered, work, run } = this.#model.state;
    if (uri === '' || uri === this.#startsFor || answered !== null || work !== 'idle' || run) return;
    this.#startsFor = uri;
    void this.#fetchStarts();
  }

  /** The rule that decides an outcome is marked where an editor shows the rules; the focus stays here. */
  #mark(): void {
    const outcome = this.#outcome();
    if (outcome === null || outcome === this.#marked) return;
    this.#marked = outcome;
    // For a timeline of the page: the answer is there, and about to be painted.
    performance.mark('answer');
    const location = this.#model.state.step === null ? decisiveStep(outcome.path)?.location : null;
    if (location !== null && location !== undefined) this.#tell('highlight', location);
  }

  /** What a screen reader hears when it changes: the headline, or why there is none. */
  #announcement(): string {
    const { answered, work, problem } = this.#model.state;
    if (work === 'slow') return strings.tracing;
    if (problem !== null) return cleanLines(problem);
    return answered === null || work !== 'idle' ? '' : clean(answered.answer.narrative.headline);
  }

  #main(): TemplateResult {
    const { answered, uri } = this.#model.state;
    if (answered !== null) return html`${this.#banner()} ${this.#answer(answered)}`;
    return uri === '' ? html`` : this.#withoutAnswer();
  }

  /** A recorded packet that could not be traced; why stands in the list, or the request failed. */
  #untraced(): TemplateResult {
    const { problem } = this.#model.state;
    return html`${problem === null ? nothing : this.#failure(problem)}
      <div class="panes one">${this.#beside.pane()}</div>`;
  }

  #failure(problem: string): TemplateResult {
    const text = html`${icon('error', 'verdict-drop')}<span>${cleanLines(problem)}</span>`;
    return banner(text, strings.retry, this.#retry);
  }

  #banner(): TemplateResult | typeof nothing {
    const { answered, problem, errors, rulesChanged } = this.#model.state;
    if (answered === null) return nothing;
    const { from, to } = answered.visit.form;
    if (problem !== null) return this.#failure(problem);
    if (this.#model.stale) {
      const text = errors.length > 0 ? strings.invalidStale(from, to) : strings.stale(from, to);
      return banner(html`${icon('info')}<span>${clean(text)}</span>`);
    }
    if (rulesChanged)
      return banner(
        html`${icon('warning', 'warn')}<span>${strings.rulesChanged}</span>`,
        strings.traceAgain,
        this.#retry,
      );
    return nothing;
  }

  #withoutAnswer(): TemplateResult {
    return withoutAnswer(this.#model.state, {
      starts: this.starts,
      retry: this.#retry,
      start: (choice) => this.#start(choice),
    });
  }

  #start(choice: Choice): void {
    this.#model.choose(choice.form);
    if (this.#model.state.form.from !== '') return;
    const boxes = this.renderRoot.querySelector('flow-form')?.renderRoot.querySelectorAll('choice-box');
    boxes?.[0]?.focus();
  }

  #answer({ answer }: Answered): TemplateResult {
    const { narrative } = answer;
    const { step, rulesChanged } = this.#model.state;
    const outcome = this.#outcome();
    const outcomes = narrative.groups.flatMap((group) => group.outcomes);
    const count = outcomes.length;
    const one = count === 1 && narrative.groups.every(({ condition }) => condition === '');
    const recorded = this.#beside.pane();
    const stale = this.#model.stale || rulesChanged ? 'stale' : '';
    return html`<answer-summary
        class=${stale}
        .narrative=${narrative}
        .uris=${answer.uris}
        ?live=${isLive(this.#model.state.uri)}
      ></answer-summary>
      <guide-line .guide=${this.#model.guide}></guide-line>
      ${this.#sideBySide(stale)}
      ${
        outcome === null
          ? nothing
          : html`<way-picture
                class=${stale}
                .pictures=${answer.picture}
                .headline=${narrative.headline}
                .outcomes=${outcomes}
                .selected=${outcome.id}
                .step=${step}
              ></way-picture>
              <div class="panes ${stale} ${one ? 'one' : ''} ${recorded === nothing ? '' : 'beside'}">
                ${
                  one
                    ? nothing
                    : html`<section class="pane outcomes" aria-label=${strings.outcomes}>
                        <h2>${strings.outcomes} <span class="count">${count}</span></h2>
                        <outcome-list .groups=${narrative.groups} .selected=${outcome.id}></outcome-list>
                      </section>`
                }
                ${this.#pathPane(outcome, one)} ${recorded}
              </div>`
      }`;
  }

  #sideBySide(stale: string): TemplateResult | typeof nothing {
    const { answers, problem } = this.#nodes.state;
    const { uri } = this.#model.state;
    return html`${
      problem === null
        ? nothing
        : html`<div class="banner" role="alert">
            ${icon('error', 'verdict-drop')}<span>${cleanLines(problem)}</span>
          </div>`
    }
    ${
      answers === null
        ? nothing
        : html`<node-table class=${stale} .answers=${answers} .own=${uri}></node-table>`
    }`;
  }

  #continuations(outcome: NarrativeOutcome): readonly TemplateResult[] {
    const { continuations = [], wanted = [] } = this.#model.state.answered?.answer ?? {};
    return continuations
      .filter(({ outcomes }) => outcomes.includes(outcome.id))
      .map(
        (continuation) =>
          html`<node-continuation
            .continuation=${continuation}
            .share=${outcome.share}
            .wanted=${wanted}
            .getting=${this.#nodes.state.getting}
            .load=${this.#loadOnLeg}
          ></node-continuation>`,
      );
  }

  #pathPane(outcome: NarrativeOutcome, one: boolean): TemplateResult {
    const title = one ? nothing : html`<span class="count">${percent(outcome.share)}</span>`;
    return html`<section class="pane path" aria-label=${strings.path}>
      <h2>${strings.path} ${title}</h2>
      ${outcomeFacts(outcome, this.#said())}
      <unmatched-search .outcome=${outcome} .load=${this.#loadConsidered}></unmatched-search>
      <path-tree
        .outcome=${outcome}
        .selected=${this.#model.state.step}
        .load=${this.#loadConsidered}
      ></path-tree>
      ${this.#continuations(outcome)}
    </section>`;
  }

  /** The sentences on top. */
  #said(): string {
    const { headline = '', details = [] } = this.#model.state.answered?.answer.narrative ?? {};
    return [headline, ...details].join(' ');
  }

  #outcome(): NarrativeOutcome | null {
    const { answered, outcome } = this.#model.state;
    const all = answered?.answer.narrative.groups.flatMap(({ outcomes }) => outcomes) ?? [];
    return all.find(({ id }) => id === outcome) ?? all[0] ?? null;
  }

  #selectStep(id: string | null, location: NarrativeLocation | null): void {
    const outcome = this.#outcome();
    if (outcome === null) return;
    this.#model.select(outcome.id, id);
    const step = id === null ? null : wayTo(outcome.path, id)?.at(-1);
    const place = location ?? step?.location ?? null;
    if (place !== null) this.#tell('highlight', place);
  }

  #revealOutcome(id: string): void {
    this.#model.select(id, this.#model.state.step);
    const location = decisiveStep(this.#outcome()?.path ?? [])?.location;
    if (location !== null && location !== undefined) this.#tell('reveal', location);
  }

  #tell(type: 'highlight' | 'reveal', location: NarrativeLocation): void {
    this.#tellAt(type, this.#model.state.answered?.answer.uris ?? null, location);
  }

  #tellAt(
    type: 'highlight' | 'reveal',
    uris: SourceUris | null,
    { source, line, startCharacter, endCharacter }: NarrativeLocation,
  ): void {
    const uri = uris?.[source];
    if (uri === undefined) return;
    const location: TextLocation = { uri, line, startCharacter, endCharacter };
    this.#host.tell({ type, location });
  }

  async #copy(format: CopyFormat, done: () => void): Promise<void> {
    const { answered } = this.#model.state;
    if (answered === null) return;
    const isCopied = await copyAnswer(answered.answer, format, (name, params) =>
      this.#host.request(name, params),
    );
    if (isCopied) done();
  }

  readonly #loadChoices: LoadSide = (side, query, signal) =>
    this.#host.request('choices', { uri: this.#model.state.uri, side, query, limit: choicesLimit }, signal);

  readonly #loadConsidered: LoadConsidered = (...asked) => this.#loadOnLeg([], ...asked);

  readonly #loadOnLeg: LoadOnLeg = (leg, { id }, skipped, limit) => {
    const { uri, answered } = this.#model.state;
    const { form, decisions } = answered?.visit ?? this.#model.visit;
    const where = leg.length === 0 ? {} : { leg };
    return this.#host.request('considered', {
      uri,
      form,
      decisions,
      outcome: id,
      ...where,
      ...skipped,
      limit,
    });
  };

  async #fetchStarts(): Promise<void> {
    const { uri } = this.#model.state;
    const params = { uri, side: 'destination', query: '', limit: choicesLimit } as const;
    const choices = await this.#host.request('choices', params).catch((): readonly Choice[] => []);
    const first = new Map<string, Choice>();
    for (const choice of choices) {
      if (choice.kind === 'service' && !first.has(choice.label)) first.set(choice.label, choice);
    }
    this.starts = [...first.values()].slice(0, fewStarts);
  }

  #key(event: KeyboardEvent): void {
    const back = { ArrowLeft: -1, ArrowRight: 1 } as const;
    if (event.key === 'Escape') this.#model.cancel();
    else if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      this.#model.go(back[event.key]);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trace-panel': TracePanel;
  }
}
