/** The recorded packets on the trace panel's page: which of them the answer is about, and what is shown of it. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Host } from '../shared/host.ts';
import { type RecordedItem, RecordingModel } from './recordingModel.ts';
import { strings } from './strings.ts';
import type { TraceModel } from './traceModel.ts';
import type { FlowForm } from '../../protocol/requests.ts';
import type { RecordingShown, TracePanelContract } from '../../protocol/tracePanel.ts';

export class RecordedBeside {
  readonly #model: TraceModel;
  readonly #recording: RecordingModel;
  /** A recording was opened, and the outcome that its packet agrees with is not shown yet. */
  #toAgree = false;

  constructor(model: TraceModel, host: Host<TracePanelContract>, changed: () => void) {
    this.#model = model;
    this.#recording = new RecordingModel(host, changed);
  }

  open(shown: RecordingShown | null): void {
    this.#recording.open(shown);
    this.#toAgree = shown !== null && this.#model.state.outcome === null;
  }

  close(): void {
    this.#model.closeRecording();
    this.#recording.open(null);
  }

  /** Traces one of the packets. */
  async choose(packet: number): Promise<void> {
    const { recording } = this.#model.state;
    const item = this.#recording.items[packet];
    if (recording === null || item === undefined) return;
    await this.#model.record({ ...recording, packet }, item.of.form, outcomeOf(item));
  }

  noteRulesChanged(uri: string): void {
    if (uri === this.#model.state.uri) void this.#recording.read();
  }

  /** Once both are there, shows the outcome that the packet agrees with. */
  agree(): void {
    const item = this.#toAgree ? this.#item : null;
    if (item === null) return;
    this.#toAgree = false;
    this.#model.agree(outcomeOf(item));
  }

  list(): TemplateResult | typeof nothing {
    const { recording } = this.#model.state;
    return recording === null
      ? nothing
      : html`<recording-list
          .name=${recording.name}
          .shown=${this.#recording.state}
          .items=${this.#recording.items}
          .selected=${this.#index}
        ></recording-list>`;
  }

  /** Nothing where what is shown is about another packet. */
  pane(): TemplateResult | typeof nothing {
    const item = this.#item;
    if (item === null) return nothing;
    const title = item.kind === 'traced' ? strings.kernelPath : strings.capturedPackets;
    return html`<section class="pane recorded" aria-label=${title}>
      <h2>${title}</h2>
      <recorded-pane .item=${item}></recorded-pane>
    </section>`;
  }

  /** Whether a packet was chosen that has no trace of ours: what was recorded of it stands alone. */
  get isAlone(): boolean {
    return this.#untraced !== null;
  }

  /** Of the packet that is shown: one that could not be traced, else the one that the answer is about. */
  get #index(): number | null {
    const { answered } = this.#model.state;
    return this.#untraced ?? (answered === null ? null : this.#itemOf(answered.visit.form));
  }

  get #untraced(): number | null {
    const { form, errors, problem } = this.#model.state;
    return errors.length > 0 || problem !== null ? this.#itemOf(form) : null;
  }

  #itemOf(form: FlowForm): number | null {
    const { recording } = this.#model.state;
    return recording === null ? null : this.#recording.itemOf(form, recording.packet);
  }

  get #item(): RecordedItem | null {
    const index = this.#index;
    return index === null ? null : (this.#recording.items[index] ?? null);
  }
}

/** The outcome of our trace that a recorded packet agrees with the longest. */
function outcomeOf(item: RecordedItem): string | null {
  return item.kind === 'traced' ? item.of.outcome : null;
}
