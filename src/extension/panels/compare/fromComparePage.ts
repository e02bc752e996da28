/** What the page of the panel that compares rules may say, told from anything else. */
import type {
  ComparedRules,
  ComparePanelContract,
  ComparePanelState,
} from '../../../protocol/comparePanel.ts';
import { isRecord } from '../../../text/json.ts';
import type { PageGuards } from '../shared/fromPage.ts';
import { isForm, isLocation } from '../shared/pageValues.ts';

export const compareGuards: PageGuards<ComparePanelContract> = { isState, isNews };

function isState(value: unknown): value is ComparePanelState {
  return (
    isRecord(value) &&
    areRules(value['before']) &&
    areRules(value['after']) &&
    typeof value['saved'] === 'boolean'
  );
}

function areRules(value: unknown): value is ComparedRules {
  return isRecord(value) && typeof value['uri'] === 'string' && typeof value['name'] === 'string';
}

function isNews(value: unknown): value is ComparePanelContract['told'] {
  if (!isRecord(value)) return false;
  const { type, location, form } = value;
  if (type === 'trace') return isForm(form);
  return type === 'showDiff' || (type === 'reveal' && isLocation(location));
}
