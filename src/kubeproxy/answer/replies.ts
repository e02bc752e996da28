/** What the sender of a packet gets of the answer to it: the ends of replies, as the engine followed them. */
import type { Flow } from '../../kernel/flow.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Endpoint, Outcome } from '../../kernel/trace.ts';

/**
 * `answered`: it comes back from whom the sender asked. `stranger`: it comes back from another address or port, and is
 * not known. `stopped`: this node drops or rejects it. `astray`: it ends on this node, or elsewhere than at the sender.
 * `past`: it goes past this node, which alone could give it its source again. `itself`: the receiver takes the packet
 * for one of its own. `not-awaited`: nobody waits for one. `open`: nothing tells.
 */
export type ReplyEnd =
  'answered' | 'stranger' | 'stopped' | 'astray' | 'past' | 'itself' | 'not-awaited' | 'open';

/** Where the answer to an outcome's packet ends. */
export function replyEnd({ way, outcome: reply }: Reply, outcome: Outcome, flow: Flow): ReplyEnd {
  switch (way.kind) {
    case 'not-awaited':
    case 'itself':
    case 'open':
      return way.kind;
    case 'past':
      return isTranslated(outcome) ? 'past' : 'answered';
    default:
      return reply === null ? 'open' : walkedEnd(reply, outcome, flow);
  }
}

function walkedEnd(reply: Outcome, outcome: Outcome, flow: Flow): ReplyEnd {
  const { verdict, source, destination } = reply;
  if (verdict === 'drop' || verdict === 'reject') return 'stopped';
  if (verdict === 'unknown' || source === null || destination === null) return 'open';
  if (verdict !== (flow.from.kind === 'node' ? 'local' : 'forward')) return 'astray';
  const asker = flow.from.address === null ? destination.address : flow.from.address;
  if (destination.address !== asker) return 'astray';
  if (outcome.conntrack === null) return isSame(source, flow.to) ? 'answered' : 'stranger';
  return isSame(source, outcome.conntrack.originalDestination) ? 'answered' : 'stranger';
}

/** Whether the receiver saw another packet than the one that was sent, so that somebody has to undo that on the way back. */
function isTranslated({ conntrack }: Outcome): boolean {
  if (conntrack === null) return false;
  const { originalSource, originalDestination, replySource, replyDestination } = conntrack;
  return !isSame(originalDestination, replySource) || !isSame(originalSource, replyDestination);
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}
