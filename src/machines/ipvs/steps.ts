/** What IPVS tells of itself: steps, and ends. */
import type { End } from '../../kernel/end.ts';
import { endpointOf } from '../../kernel/endpoints.ts';
import type { Packet } from '../../kernel/packet.ts';
import { whyUnanswerable } from '../../kernel/passage/answerWay.ts';
import { IPVS, ipvsPlace, placeText, type RuleAt } from '../../kernel/ruleAt.ts';
import type { Run } from '../../kernel/run.ts';
import type { Effect, Endpoint, HookName } from '../../kernel/trace.ts';
import type { IpvsProgram, Service } from './program.ts';

export class Telling {
  readonly #program: IpvsProgram;
  readonly hook: HookName;
  readonly run: Run;

  constructor(program: IpvsProgram, hook: HookName, run: Run) {
    this.#program = program;
    this.hook = hook;
    this.run = run;
  }

  /** Says that IPVS takes the packet up, and what it does. */
  tell(at: RuleAt, effect: Effect): void {
    const rules = this.#program.services.length;
    this.run.steps.push(
      { kind: 'hook', hook: this.hook, source: IPVS, table: at.table, rules },
      { kind: 'rule', at, depth: 0, effect, chance: null },
    );
  }
}

export function requestPlace(service: Service | null, name: string): RuleAt {
  return ipvsPlace('ipvs', name, service?.server ?? null);
}

/** The change of one end, as a rule would tell it. */
export function changed(
  packet: Packet,
  end: 'source' | 'destination',
  change: () => void,
): Effect & { readonly was: Endpoint } {
  const was = endpointOf(packet, end);
  change();
  return { kind: end === 'source' ? 'snat' : 'dnat', was, is: endpointOf(packet, end) };
}

export function endAt(
  at: RuleAt,
  verdict: 'drop' | 'reject',
  reason: string | null,
  rejectWith: string | null = null,
): End {
  return { kind: 'end', verdict, by: placeText(at), reason, rejectWith };
}

/** The packet gets an ICMP error for an answer: "port unreachable". */
export function refused(
  telling: Telling,
  { at, why }: { readonly at: RuleAt; readonly why: string },
  packet: Packet,
): End {
  const isIPv4 = packet.family === 4;
  const answer = isIPv4 ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
  const error = isIPv4 ? { type: 3, code: 3 } : { type: 1, code: 4 };
  const unanswerable = whyUnanswerable(telling.run, packet, error, telling.hook);
  const answered = unanswerable === null;
  telling.tell(at, { kind: 'reject', with: answer, answered });
  if (!answered) return endAt(at, 'drop', `IPVS’s answer cannot be sent: ${unanswerable}`);
  return endAt(at, 'reject', why, answer);
}
