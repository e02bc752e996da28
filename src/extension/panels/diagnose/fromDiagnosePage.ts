/** What the page of the panel that diagnoses a Service may say, told from anything else. */
import type { DiagnosePanelContract, DiagnosePanelState } from '../../../protocol/diagnosePanel.ts';
import { isRecord } from '../../../text/json.ts';
import type { PageGuards } from '../shared/fromPage.ts';
import { isForm, isLocation, isObject } from '../shared/pageValues.ts';

export const diagnoseGuards: PageGuards<DiagnosePanelContract> = { isState, isNews };

function isState(value: unknown): value is DiagnosePanelState {
  return isRecord(value) && areTexts(value, ['uri', 'name', 'service']);
}

function isNews(value: unknown): value is DiagnosePanelContract['told'] {
  if (!isRecord(value)) return false;
  const { type, location, form, object } = value;
  switch (type) {
    case 'reveal':
      return isLocation(location);
    case 'trace':
      return isForm(form);
    case 'openObject':
      return isObject(object);
    default:
      return false;
  }
}

function areTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
