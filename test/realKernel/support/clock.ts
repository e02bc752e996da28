/** The time of a packet, for rules with `-m time`: it is told when the packet is sent, not when the flow was made. */
import type { Clock, Flow } from '../../../src/kernel/flow.ts';

/** The labs have the kernel's time zone, UTC. */
export function now(): Clock {
  return { utc: new Date().toISOString(), minutesWest: 0 };
}

/** The flow as it is at this moment; one that says no time stays as it is. */
export function dated(flow: Flow): Flow {
  return flow.clock === undefined ? flow : { ...flow, clock: now() };
}
