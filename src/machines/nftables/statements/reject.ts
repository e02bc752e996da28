/** `reject with icmpx admin-prohibited`: net/netfilter/nft_reject_inet.c. */
import type { Family } from '../../../kernel/flow.ts';
import { type Packet, TCP } from '../../../kernel/packet.ts';
import { askForDevice } from '../../../kernel/passage/frameAsked.ts';
import { whyUnanswered } from '../../../kernel/passage/rejection.ts';
import type { Run } from '../../../kernel/run.ts';
import type { RejectStatement } from '../../../rules/nftables/statements.ts';
import { numberOfWord } from '../../../rules/nftables/catalogue/words.ts';
import type { RuleContext } from '../program/context.ts';
import { endBy, type Operation } from './control.ts';
import { unknownStatement } from './unknown.ts';

/** By code; as outcomes name them. */
const answers: Readonly<Record<Family, ReadonlyMap<number, string>>> = {
  4: new Map([
    [0, 'icmp-net-unreachable'],
    [1, 'icmp-host-unreachable'],
    [2, 'icmp-proto-unreachable'],
    [3, 'icmp-port-unreachable'],
    [9, 'icmp-net-prohibited'],
    [10, 'icmp-host-prohibited'],
    [13, 'icmp-admin-prohibited'],
  ]),
  6: new Map([
    [0, 'icmp6-no-route'],
    [1, 'icmp6-adm-prohibited'],
    [3, 'icmp6-addr-unreachable'],
    [4, 'icmp6-port-unreachable'],
    [5, 'icmp6-policy-fail'],
    [6, 'icmp6-reject-route'],
  ]),
};

/** enum nft_reject_inet_code, in the code of each family (nft_reject_icmp_code, nft_reject_icmpv6_code). */
const ofBoth: Readonly<Record<Family, readonly number[]>> = { 4: [0, 3, 1, 13], 6: [0, 4, 3, 1] };

/**
 * Without a code it is port-unreachable. What is of one family, and a reset, is asked for by a match that a listing does not
 * show.
 */
export function rejectOperation(statement: RejectStatement, context: RuleContext): Operation {
  const answer = answerOf(statement, context.family);
  if (answer === undefined)
    return unknownStatement(statement, context, 'reject', 'whose answer is not known here');
  return {
    span: statement,
    acts: true,
    why: () => 'the answer is one for other packets',
    run: ({ packet, run, hook }) => {
      if (answer === null || (answer === 'tcp-reset' && packet.protocol !== TCP)) return 'break';
      const silence =
        whyUnaddressed(packet, run, answer, context) ?? whyUnanswered(packet, run, answer, hook);
      const answered = silence === null;
      return {
        effect: { kind: 'reject', with: answer, answered },
        control: endBy(context, answered ? 'reject' : 'drop', answered ? answer : null, silence),
      };
    },
  };
}

/**
 * icmp_send: "No replies to physical multicast/broadcast", nor about a frame that is for another device; of netdev tables the
 * answer goes straight on the wire (nft_reject_netdev.c).
 */
function whyUnaddressed(packet: Packet, run: Run, answer: string, { at }: RuleContext): string | null {
  if (answer === 'tcp-reset' || !at.table.startsWith('inet ')) return null;
  return askForDevice(packet, run)
    ? null
    : 'reject does not answer at a device what is not addressed to the device itself';
}

/** Null where it is of the other family; undefined where it is not known. */
function answerOf({ with: kind, code }: RejectStatement, family: Family): string | null | undefined {
  if (kind === 'tcp reset') return 'tcp-reset';
  const named = answers[family];
  if (kind === null) return named.get(family === 4 ? 3 : 4);
  if (kind === 'icmp' || kind === 'icmpv6') {
    if (family !== (kind === 'icmp' ? 4 : 6)) return null;
    return named.get(numberOf(code?.text ?? 'port-unreachable', `${kind}_code`));
  }
  return named.get(ofBoth[family][numberOf(code?.text ?? 'port-unreachable', 'icmpx_code')] ?? -1);
}

function numberOf(text: string, type: string): number {
  return numberOfWord(type, text) ?? (/^\d+$/.test(text) ? Number(text) : -1);
}
