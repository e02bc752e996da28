/** Recorded packets that are laid beside the trace: a trace of the kernel, or a capture. */
import type { Host } from '../shared/host.ts';
import { messageOf } from '../shared/text.ts';
import { keyOf } from './savedState.ts';
import { RequestCancelled } from '../../protocol/rpc.ts';
import type { CapturedConnectionShown, Recording, TracedPacketShown } from '../../protocol/recording.ts';
import { emptyForm, type FlowForm } from '../../protocol/requests.ts';
import type { RecordingShown, TracePanelContract } from '../../protocol/tracePanel.ts';

export interface RecordingState {
  /** Null before it is read. */
  readonly recording: Recording | null;
  readonly problem: string | null;
}

/** A packet, or a connection, that can be chosen. */
export type RecordedItem =
  | { readonly kind: 'traced'; readonly of: TracedPacketShown }
  | { readonly kind: 'captured'; readonly of: CapturedConnectionShown };

export class RecordingModel {
  readonly #host: Host<TracePanelContract>;
  readonly #changed: () => void;
  #state: RecordingState = { recording: null, problem: null };
  #asking: AbortController | null = null;
  /** Of what the state is. */
  #uri: string | null = null;

  constructor(host: Host<TracePanelContract>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get state(): RecordingState {
    return this.#state;
  }

  /** What can be chosen, in the order of the recording. */
  get items(): readonly RecordedItem[] {
    const { recording } = this.#state;
    if (recording?.kind === 'kernel-trace') return recording.packets.map((of) => ({ kind: 'traced', of }));
    if (recording?.kind === 'capture') return recording.connections.map((of) => ({ kind: 'captured', of }));
    return [];
  }

  /** The panel was opened with another recording, or with none. */
  open(shown: RecordingShown | null): void {
    if (shown?.uri === this.#uri) return;
    this.#uri = shown?.uri ?? null;
    this.#set({ recording: null, problem: null });
    if (shown === null) this.#asking?.abort();
    else void this.read();
  }

  /** Reads it anew: the rules are others, or it was just named. */
  async read(): Promise<void> {
    if (this.#uri === null) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const recording = await this.#host.request('recording', null, asking.signal);
      if (this.#asking === asking) this.#set({ recording, problem: null });
    } catch (error) {
      if (!(error instanceof RequestCancelled) && this.#asking === asking)
        this.#set({ recording: null, problem: messageOf(error) });
    }
  }

  /** The item that a form is the packet of: the one that was chosen, else the first; null where none is. */
  itemOf(form: FlowForm, chosen: number): number | null {
    const key = keyOf({ form: { ...emptyForm, ...form }, decisions: [] });
    const { items } = this;
    const isIt = (index: number): boolean => {
      const item = items[index];
      return item !== undefined && keyOf({ form: { ...emptyForm, ...item.of.form }, decisions: [] }) === key;
    };
    if (isIt(chosen)) return chosen;
    const found = items.findIndex((_, index) => isIt(index));
    return found < 0 ? null : found;
  }

  #set(state: RecordingState): void {
    this.#state = state;
    this.#changed();
  }
}
