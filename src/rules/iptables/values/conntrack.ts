import { fault, findByPrefix, type Reading, readList, value } from '../../../values/reading.ts';

/** In the order in which iptables compares: a beginning is enough, and the first that fits wins. */
export const STATES = ['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT'] as const;
export const STATUSES = ['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'] as const;

export type ConntrackState = (typeof STATES)[number];
export type ConntrackStatus = (typeof STATUSES)[number];

/** Reads `RELATED,ESTABLISHED`. */
export function readConntrackStates(text: string): Reading<readonly ConntrackState[]> {
  return readList(text, (part) => {
    const state = findByPrefix(STATES, part);
    return state === null ? fault(`has a state that is none of ${STATES.join(', ')}`) : value(state);
  });
}

/** As `readConntrackStates`, for `--state`, which does not know SNAT and DNAT. */
export function readTrackedStates(text: string): Reading<readonly ConntrackState[]> {
  const states = readConntrackStates(text);
  const odd = states.kind === 'value' && states.value.some((state) => state === 'SNAT' || state === 'DNAT');
  return odd ? fault('has a state that only --ctstate knows') : states;
}

/** Reads `ASSURED,CONFIRMED`. */
export function readConntrackStatuses(text: string): Reading<readonly ConntrackStatus[]> {
  return readList(text, (part) => {
    const status = findByPrefix(STATUSES, part);
    return status === null ? fault(`has a status that is none of ${STATUSES.join(', ')}`) : value(status);
  });
}
