/** What the components of the panel tell it. */
import type { FlowForm, TextLocation } from '../../protocol/requests.ts';
import type { CopyEvents } from '../shared/copyMenu.ts';
import { typedEvents } from '../shared/events.ts';

interface CompareEvents extends CopyEvents {
  readonly 'place-reveal': TextLocation;
  readonly 'packet-trace': FlowForm;
}

export const { emit, listen } = typedEvents<CompareEvents>();
