/** What the panel keeps over a reload of the window, and the walk through earlier traces. */
import type { TracePanelState } from '../../protocol/tracePanel.ts';
import type { FlowForm } from '../../protocol/requests.ts';
import type { Decision } from '../../kernel/trace.ts';

/** One trace that was made. */
export interface Visit {
  readonly form: FlowForm;
  readonly decisions: readonly Decision[];
}

export interface SavedState extends TracePanelState {
  readonly visits: readonly Visit[];
  /** Index in `visits` of the trace shown; -1 before the first. */
  readonly position: number;
  readonly outcome: string | null;
  readonly step: string | null;
  readonly more: boolean;
}

const mostVisits = 50;

export function sameVisit(one: Visit, other: Visit): boolean {
  return keyOf(one) === keyOf(other);
}

/** A string that is equal for equal questions, whatever the order of the fields. */
export function keyOf({ form, decisions }: Visit): string {
  const fields = Object.entries(form).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([fields, decisions]);
}

/** Adds a visit after the current one; those that were ahead are forgotten, as in a browser. */
export function visited(
  { visits, position }: Pick<SavedState, 'visits' | 'position'>,
  visit: Visit,
): Pick<SavedState, 'visits' | 'position'> {
  const current = visits[position];
  if (current !== undefined && sameVisit(current, visit)) return { visits, position };
  const kept = [...visits.slice(0, position + 1), visit].slice(-mostVisits);
  return { visits: kept, position: kept.length - 1 };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether `value` is a state that this version of the panel wrote; an older or a broken one is forgotten. */
export function isSavedState(value: unknown): value is SavedState {
  return (
    isRecord(value) &&
    typeof value['uri'] === 'string' &&
    typeof value['name'] === 'string' &&
    isRecord(value['form']) &&
    typeof value['form']['from'] === 'string' &&
    typeof value['form']['to'] === 'string' &&
    Array.isArray(value['decisions']) &&
    Array.isArray(value['visits']) &&
    typeof value['position'] === 'number'
  );
}
