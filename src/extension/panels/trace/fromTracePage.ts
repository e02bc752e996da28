/** What the trace panel's page may say, told from anything else. The form is read by the server, and by the page that shows it. */
import type { TracePanelContract, TracePanelState } from '../../../protocol/tracePanel.ts';
import { isRecord } from '../../../text/json.ts';
import type { PageGuards } from '../shared/fromPage.ts';
import { isLocation, isObject, isTexts } from '../shared/pageValues.ts';

export const traceGuards: PageGuards<TracePanelContract> = { isState, isNews };

/** Also what a page of an earlier version kept. */
function isState(value: unknown): value is TracePanelState {
  if (!isRecord(value)) return false;
  const { uri, name, form, decisions, compared = [], recording, guide } = value;
  return (
    typeof uri === 'string' &&
    typeof name === 'string' &&
    isRecord(form) &&
    Array.isArray(decisions) &&
    isTexts(compared) &&
    (recording === undefined || isRecording(recording)) &&
    (guide === undefined || isGuide(guide))
  );
}

function isRecording(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { uri, name, packet } = value;
  return typeof uri === 'string' && typeof name === 'string' && Number.isSafeInteger(packet);
}

function isGuide(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { id, title, step, steps, text, from, to } = value;
  return (
    [id, title, text, from, to].every((each) => typeof each === 'string') &&
    Number.isSafeInteger(step) &&
    Number.isSafeInteger(steps)
  );
}

function isNews(value: unknown): value is TracePanelContract['told'] {
  if (!isRecord(value)) return false;
  const { type, location, uri, form, object } = value;
  if (type === 'guideNext') return true;
  if (type === 'openObject') return isObject(object);
  if (type === 'traceOn') return typeof uri === 'string' && isRecord(form);
  return (type === 'highlight' || type === 'reveal') && isLocation(location);
}
