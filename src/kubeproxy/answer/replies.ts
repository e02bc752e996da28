/** What the sender of a packet gets of the answer to it: the ends of replies, as the engine followed them. */
import { normalAddress } from '../../values/address.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Reply } from '../../kernel/replies.ts';
import type { Endpoint, Outcome } from '../../kernel/trace.ts';

/**
 * `answered`: it comes back from whom the sender asked. `stranger`: it comes back from another address or port, and is
 * not known. `stopped`: this node drops or rejects it. `astray`: it ends on this node, or elsewhere than at the sender.
 * `past`: it goes past this node, which alone could give it its source again. `itself`: the receiver takes the packet
 * for one of its own. `unheard`: the sender, on another machine, takes the answer for one of its own, and drops it. `to-many`: it
 * goes to a broadcast or multicast address, which is nobody's own. `not-awaited`: nobody waits for one. `open`: nothing tells.
 */
export type ReplyEnd =
  | 'answered'
  | 'stranger'
  | 'stopped'
  | 'astray'
  | 'past'
  | 'itself'
  | 'unheard'
  | 'to-many'
  | 'not-awaited'
  | 'open';

/** Where the answer to an outcome's packet ends. */
export function replyEnd(reply: Reply, outcome: Outcome, flow: Flow): ReplyEnd {
  const end = wayEnd(reply, outcome, flow);
  return end === 'answered' && isOfItself(flow) ? 'unheard' : end;
}

/** No machine takes a loopback source from another one. */
function isOfItself(flow: Flow): boolean {
  const { address } = askedOf(flow);
  return flow.from.kind !== 'node' && (address === '::1' || address.startsWith('127.'));
}

/**
 * Where the node's own refusal ends. `arrives`: at who sent the packet. `lost`: it cannot be sent, this node stops it, or it goes
 * elsewhere. `open`: nothing tells.
 */
export function refusalEnd({ way, outcome }: Reply, flow: Flow): 'arrives' | 'lost' | 'open' {
  if (way.kind === 'unsent') return 'lost';
  if (outcome === null || outcome.assuming.length > 0) return 'open';
  const end = passageEnd(outcome, flow);
  if (end === 'open') return 'open';
  return end === 'back' ? 'arrives' : 'lost';
}

function wayEnd({ way, outcome: reply }: Reply, outcome: Outcome, flow: Flow): ReplyEnd {
  switch (way.kind) {
    case 'not-awaited':
    case 'itself':
    case 'to-many':
    case 'open':
      return way.kind;
    case 'past':
      return isTranslated(outcome, flow) ? 'past' : 'answered';
    default:
      return reply === null ? 'open' : walkedEnd(reply, flow);
  }
}

function walkedEnd(reply: Outcome, flow: Flow): ReplyEnd {
  const end = passageEnd(reply, flow);
  if (end === 'stopped') return end;
  if (reply.source === null) return 'open';
  if (end !== 'back') return end;
  return isSame(reply.source, askedOf(flow)) ? 'answered' : 'stranger';
}

/** Whether what this node sends or passes on gets to the client, from whatever address. */
function passageEnd({ verdict, destination }: Outcome, flow: Flow): 'stopped' | 'open' | 'astray' | 'back' {
  if (verdict === 'drop' || verdict === 'reject') return 'stopped';
  if (verdict === 'unknown' || destination === null) return 'open';
  if (verdict !== (flow.from.kind === 'node' ? 'local' : 'forward')) return 'astray';
  const isTheirs = flow.from.address === null || destination.address === normalAddress(flow.from.address);
  return isTheirs ? 'back' : 'astray';
}

/** Whether the receiver sees another packet than the one that was sent, so that somebody has to undo that on the way back. */
function isTranslated({ source, destination, conntrack }: Outcome, flow: Flow): boolean {
  if (destination !== null && !isSame(destination, askedOf(flow))) return true;
  const { address } = flow.from;
  if (source === null || address === null) return conntrack !== null && source === null;
  return source.address !== normalAddress(address);
}

/** Where the packet was sent. */
export function askedOf({ to }: Flow): Endpoint {
  return { address: normalAddress(to.address), port: to.port };
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}
