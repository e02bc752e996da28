/** What the trace panel's page may say, told from anything else. The form is read by the server, and by the page that shows it. */
import type { TracePanelContract, TracePanelState } from '../../../protocol/tracePanel.ts';
import { isRecord } from '../../../text/json.ts';
import type { PageGuards } from '../shared/fromPage.ts';

export const traceGuards: PageGuards<TracePanelContract> = { isState, isNews };

/** Also what a page of an earlier version kept. */
function isState(value: unknown): value is TracePanelState {
  if (!isRecord(value)) return false;
  const { uri, name, form, decisions, compared = [], recording } = value;
  return (
    typeof uri === 'string' &&
    typeof name === 'string' &&
    isRecord(form) &&
    Array.isArray(decisions) &&
    isTexts(compared) &&
    (recording === undefined || isRecording(recording))
  );
}

function isRecording(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { uri, name, packet } = value;
  return typeof uri === 'string' && typeof name === 'string' && Number.isSafeInteger(packet);
}

function isNews(value: unknown): value is TracePanelContract['told'] {
  if (!isRecord(value)) return false;
  const { type, location, uri, form } = value;
  if (type === 'traceOn') return typeof uri === 'string' && isRecord(form);
  return (type === 'highlight' || type === 'reveal') && isLocation(location);
}

function isLocation(value: unknown): boolean {
  if (!isRecord(value) || typeof value['uri'] !== 'string') return false;
  const places = [value['line'], value['startCharacter'], value['endCharacter']];
  return places.every((place) => Number.isSafeInteger(place) && Number(place) >= 0);
}

/** The text that a request's params have under `name`; throws where there is none. */
export function textOf(params: unknown, name: string): string {
  const text = isRecord(params) ? params[name] : null;
  if (typeof text !== 'string') throw new TypeError(`The page sent no ${name}.`);
  return text;
}

/** The texts that a request's params have under `name`; throws where there are none. */
export function textsOf(params: unknown, name: string): readonly string[] {
  const texts = isRecord(params) ? params[name] : null;
  if (!isTexts(texts)) throw new TypeError(`The page sent no ${name}.`);
  return texts;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
