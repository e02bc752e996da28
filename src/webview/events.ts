/** What the panel's components tell the panel: bubbling events with typed details. */
import type { FlowForm, WantedRules } from '../protocol/requests.ts';
import type { NarrativeLocation } from '../kubeproxy/narrative/narrative.ts';

export type CopyFormat = 'markdown' | 'command' | 'json';

export interface PanelEvents {
  /** A key was typed into the form. */
  readonly 'form-edit': Partial<FlowForm>;
  /** Something was chosen from a list of the form. */
  readonly 'form-choose': Partial<FlowForm>;
  readonly 'form-swap': null;
  readonly 'form-more': boolean;
  readonly 'trace-run': null;
  readonly 'trace-cancel': null;
  readonly 'history-go': -1 | 1;
  /** `done` is called when it is in the clipboard. */
  readonly 'copy-as': { readonly format: CopyFormat; readonly done: () => void };
  readonly 'assumption-decide': { readonly key: string; readonly value: boolean | null };
  readonly 'outcome-select': string;
  readonly 'outcome-reveal': string;
  readonly 'step-select': { readonly id: string | null; readonly location: NarrativeLocation | null };
  readonly 'location-reveal': NarrativeLocation;
  /** A step of another node's path. */
  readonly 'node-location': {
    readonly node: string;
    readonly location: NarrativeLocation;
    readonly type: 'highlight' | 'reveal';
  };
  readonly 'rules-get': WantedRules;
  readonly 'nodes-choose': null;
  readonly 'nodes-close': null;
  /** The same packet in full, on the node whose rules are in this document. */
  readonly 'trace-on': string;
}

export function emit<Name extends keyof PanelEvents>(
  from: HTMLElement,
  name: Name,
  detail: PanelEvents[Name],
): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** Listens on `target` for one event of the panel's components. */
export function listen<Name extends keyof PanelEvents>(
  target: EventTarget,
  name: Name,
  listener: (detail: PanelEvents[Name]) => void,
): void {
  target.addEventListener(name, (event) => {
    if (event instanceof CustomEvent) listener(event.detail);
  });
}
