/** What the trace panel's components tell it. */
import type { CopyEvents } from '../shared/copyMenu.ts';
import { typedEvents } from '../shared/events.ts';
import type { FlowForm, TextLocation, WantedRules } from '../../protocol/requests.ts';
import type { Decision } from '../../kernel/trace.ts';
import type { NarrativeLocation } from '../../kubeproxy/narrative/narrative.ts';
import type { NamedPlace } from './namedPlaces.ts';

interface TraceEvents extends CopyEvents {
  /** A key was typed into the form. */
  readonly 'form-edit': Partial<FlowForm>;
  /** Something was chosen from a list of the form. */
  readonly 'form-choose': Partial<FlowForm>;
  readonly 'form-swap': null;
  readonly 'form-more': boolean;
  readonly 'trace-run': null;
  readonly 'trace-cancel': null;
  readonly 'history-go': -1 | 1;
  /** What is decided of an assumption, in place of all that any of its options would decide. */
  readonly 'assumption-decide': { readonly keys: readonly string[]; readonly decisions: readonly Decision[] };
  readonly 'outcome-select': string;
  readonly 'outcome-reveal': string;
  readonly 'step-select': { readonly id: string | null; readonly location: NarrativeLocation | null };
  readonly 'location-reveal': NarrativeLocation;
  /** Something that a sentence names. */
  readonly 'place-open': NamedPlace;
  /** A step of another node's path. */
  readonly 'node-location': {
    readonly node: string;
    readonly location: NarrativeLocation;
    readonly type: 'highlight' | 'reveal';
  };
  /** Which of the recorded packets to trace. */
  readonly 'recording-select': number;
  readonly 'recording-close': null;
  readonly 'guide-next': null;
  readonly 'guide-close': null;
  readonly 'recorded-reveal': TextLocation;
  readonly 'rules-get': WantedRules;
  readonly 'nodes-choose': null;
  readonly 'nodes-close': null;
  /** The same packet in full, on the node whose rules are in this document. */
  readonly 'trace-on': string;
}

export const { emit, listen } = typedEvents<TraceEvents>();
