/** Which ICMP error tells of a packet that the kernel itself does not forward: ip_forward, ip_error, ip6_pkt_discard. */
import type { Family } from '../flow.ts';
import type { Refusal } from '../node/decisions.ts';
import type { IcmpAnswer } from './answerWay.ts';

/** A policy rule that says `unreachable` is as good as no route (fib4_rule_action: ENETUNREACH), a route of that type is not. */
const ANSWERS: Readonly<Record<Refusal, Readonly<Record<Family, IcmpAnswer>> | null>> = {
  TTL: { 4: { type: 11, code: 0 }, 6: { type: 3, code: 0 } },
  NONE: { 4: { type: 3, code: 0 }, 6: { type: 1, code: 0 } },
  UNREACHABLE: { 4: { type: 3, code: 1 }, 6: { type: 1, code: 0 } },
  PROHIBIT: { 4: { type: 3, code: 13 }, 6: { type: 1, code: 1 } },
  BLACKHOLE: null,
};

/** Of a packet that came in. Null where the kernel drops it silently, also where it ends for another reason. */
export function errorAbout(family: Family, refusal: Refusal | null): IcmpAnswer | null {
  return refusal === null ? null : (ANSWERS[refusal]?.[family] ?? null);
}
