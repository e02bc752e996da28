/** What the components of the panel tell it. */
import type { ObjectReference } from '../../kubeproxy/objectReference.ts';
import type { FlowForm, TextLocation } from '../../protocol/requests.ts';
import type { CopyEvents } from '../shared/copyMenu.ts';
import { typedEvents } from '../shared/events.ts';

interface DiagnoseEvents extends CopyEvents {
  readonly 'place-reveal': TextLocation;
  readonly 'packet-trace': FlowForm;
  readonly 'object-open': ObjectReference;
  /** `done` is called when it is in the clipboard. */
  readonly 'command-copy': { readonly command: string; readonly done: () => void };
}

export const { emit, listen } = typedEvents<DiagnoseEvents>();
