/** Packets of Pods and processes of another node: its own rules decide first, and what passes here is not what was sent. */
import type { Flow } from '../../kernel/flow.ts';
import type { Analysis } from '../analysis.ts';
import { frontendsOf } from '../form/destinationNote.ts';
import { keptTelling } from '../narrative/keptTelling.ts';
import { ownNodeName } from '../ownNode.ts';
import type { Leg } from './journey.ts';
import { whereaboutsOf } from './whereabouts.ts';

/** Whose an address is: a Pod's with its node, or a node's. */
interface Resident {
  /** `pod default/client on node-2`, `node-2` */
  readonly words: string;
  readonly node: string;
}

/**
 * The answer to who sends the packet, where the objects say that another node does: kube-proxy there translates what goes to a
 * Service's own address, and what goes to a third node has no reason to pass this one. What these rules would do with it is
 * told as that. As it is where nothing tells, where the packet comes here by itself, or where the question says at which
 * interface it arrives. Not for nodes that are compared: each is asked what it does with the same packet.
 */
export function asSent(leg: Leg): Leg {
  const headline = decidedElsewhere(leg.flow, leg.analysis);
  if (headline === null) return leg;
  const { narrative, analysis } = leg;
  const own = ownNodeName(analysis);
  const details = [`If it came to ${own} as it was sent: ${narrative.headline}`, ...narrative.details];
  return { ...leg, narrative: { ...narrative, verdict: 'unknown', headline, details } };
}

/** Why what these rules do with the packet is no answer to its sender, in a sentence; null where it is one. */
export function notDecidedHere(flow: Flow, analysis: Analysis): string | null {
  return keptTelling(flow)?.headline ?? decidedElsewhere(flow, analysis);
}

/** `Not decided here: pod default/client on node-2 sends it, …`; null where these rules decide. */
function decidedElsewhere(flow: Flow, analysis: Analysis): string | null {
  const own = ownNodeName(analysis);
  const sender = senderElsewhere(flow, analysis);
  if (sender === null || own === null || flow.from.kind === 'node' || flow.from.interface !== undefined)
    return null;
  const why = whyNotHere(sender, flow, own, analysis);
  return why === null ? null : `Not decided here: ${why}.`;
}

/** Who sends the packet, where that is somebody on another node; null where it is not, or nothing tells. */
export function senderElsewhere({ from }: Flow, analysis: Analysis): Resident | null {
  const own = ownNodeName(analysis);
  const sender = own === null ? null : residentOf(from.address, analysis);
  return sender === null || sender.node === own ? null : sender;
}

/** Null for a packet that comes here as it was sent: to this node, or to a Pod on it. */
function whyNotHere(
  sender: Resident,
  { to, protocol }: Flow,
  own: string,
  analysis: Analysis,
): string | null {
  const found = frontendsOf(to, protocol, analysis).find(({ frontend }) => frontend.kind !== 'nodePort');
  if (found !== undefined)
    return `${sender.words} sends it, and the rules of ${sender.node} take what goes to ${found.port.name} first`;
  const receiver = residentOf(to.address, analysis);
  if (receiver === null || receiver.node === own) return null;
  return `${sender.words} sends it to ${receiver.words}, and neither needs ${own} for that`;
}

/** Null where the cluster's objects do not tell it, or tell several nodes. */
function residentOf(address: string | null, { catalog }: Analysis): Resident | null {
  if (address === null) return null;
  const home = whereaboutsOf(address, { catalog });
  if (home.kind !== 'node') return null;
  const owners = catalog.whoHas(address);
  if (owners.some(({ kind }) => kind === 'node')) return { words: home.node, node: home.node };
  const pod = owners.find((owner) => owner.kind === 'pod');
  const who = pod === undefined ? address : `pod ${pod.namespace}/${pod.name}`;
  return { words: `${who} on ${home.node}`, node: home.node };
}
