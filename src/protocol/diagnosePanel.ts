/** The contract of the panel that diagnoses a Service: its state, its requests, and the news of both ends. */
import type { DiagnoseAnswer } from './diagnosis.ts';
import type { FlowForm, TextLocation } from './requests.ts';
import type { ObjectReference } from '../kubeproxy/objectReference.ts';

/** The Service that a panel is about, and in which rules. */
export interface DiagnosePanelState {
  readonly uri: string;
  /** Shown beside the Service: the file's name, the node's. */
  readonly name: string;
  /** `default/web` */
  readonly service: string;
}

/** Requests of the page that the extension answers. */
type DiagnosePanelRequests = {
  /** Of the Service and the rules in the panel's state. */
  readonly diagnose: { readonly params: null; readonly result: DiagnoseAnswer };
  readonly copy: { readonly params: { readonly text: string }; readonly result: null };
};

/** The panel's part of what a page and the extension say to each other (`panel.ts`). */
export interface DiagnosePanelContract {
  readonly state: DiagnosePanelState;
  readonly requests: DiagnosePanelRequests;
  readonly told:
    /** Show it in the editor beside, and go there. */
    | { readonly type: 'reveal'; readonly location: TextLocation }
    /** Open the trace panel on this packet. */
    | { readonly type: 'trace'; readonly form: FlowForm }
    /** Show the object of the live cluster as YAML. */
    | { readonly type: 'openObject'; readonly object: ObjectReference };
  readonly heard:
    /** The rules or the objects changed: the answer shown may be old. */
    | { readonly type: 'rulesChanged' }
    /** The rules of the panel's live node were taken (again): milliseconds since the epoch. */
    | { readonly type: 'rulesTaken'; readonly taken: number };
}
