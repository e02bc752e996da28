/** Whether an address is the node's own, where its files do not say. */
import { type Address, type Family, formatAddress, normalAddress } from '../../values/address.ts';
import { presume, type Question, question } from '../answers.ts';
import { interfaceFact, localFact } from '../facts.ts';
import type { AddressHint } from '../hints.ts';
import type { Node } from '../node/node.ts';
import { whyMissing } from '../node/whyMissing.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';

/**
 * The question that `addrtype` and routing share: whether an address is this node's own. Who knows better than the node's
 * files answers it, to be denied by the caller; a packet to the node's own address leaves by `lo`, and no other.
 */
export function localQuestion(run: Run, packet: Packet, address: Address): Question {
  const text = formatAddress(address);
  const isDeparture = packet.outputOf === 'departure' && packet.departedTo === address.value;
  const own = localFact(text);
  const meaning = {
    is: isDeparture ? [own, interfaceFact('departure', { name: 'lo', prefix: false }, run.scope)] : [own],
  };
  const key = `local:${text}`;
  const claim = `${text} is an address of this node`;
  const isSent = packet.connection?.destinationNat === true || packet.balanced !== null;
  const isTarget = isSent && packet.destination === address.value;
  const hint =
    run.hints.addressHint(address) ?? saidOf(run, text) ?? (isTarget ? run.hints.targetHint(address) : null);
  const { targets } = run.shared;
  if (hint !== null) {
    const message = `${text} is taken ${hint.type === 'LOCAL' ? '' : 'not '}to be an address of this node: ${hint.because}.`;
    return presume(hint.type === 'LOCAL', key, 'address-assumed', message, claim, meaning);
  }
  if (isTarget) {
    targets.ask(key);
    run.targets.push(key);
    if (!targets.open.has(key)) {
      const message = `${text} is taken to be a pod or another machine; whether it is this node’s own address is not known.`;
      return presume(targets.presumed, key, 'local-addresses-unknown', message, claim, meaning);
    }
  }
  const missing = missingOf(run.node, address.family);
  const why = missing.length === 0 ? '' : ` (${missing.join(', ')})`;
  const message = `Whether ${claim} is not known${why}.`;
  return question(key, 'local-addresses-unknown', message, claim, meaning);
}

/** What the question itself says of where it goes. */
function saidOf({ shared: { flow } }: Run, address: string): AddressHint | null {
  const { kind, address: asked } = flow.to;
  if (kind === undefined || normalAddress(asked) !== address) return null;
  return kind === 'node'
    ? { type: 'LOCAL', because: 'it is asked for as the node’s' }
    : {
        type: 'UNICAST',
        because: `it is asked for as ${kind === 'pod' ? 'a pod’s' : 'one outside of the cluster'}`,
      };
}

/** Why the node's addresses and routes are not known; of one reason for both, once. */
function missingOf(node: Node, family: Family): readonly string[] {
  const routes = family === 4 ? 'ip-route.json' : 'ip6-route.json';
  const found = [
    node.interfaces === null ? whyMissing(node, 'ip-addr.json', 'no ip-addr.json') : '',
    node.routes[family] === null ? whyMissing(node, routes, 'no routes') : 'no table local among the routes',
  ];
  return [...new Set(found)].filter((each) => each !== '');
}
