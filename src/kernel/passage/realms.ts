/** The realms of a packet's route, as routes name them (`realms 5`). */
import { readNumber } from '../../values/numbers.ts';
import type { Route } from '../node/node.ts';
import { lookupRoute } from '../node/routing.ts';
import { reversed } from '../node/traffic.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { trafficOf } from './traffic.ts';

/**
 * What dst.tclassid holds: the realm of the route to the destination, and in the upper half that of the route back to the
 * source (fib_validate_source), which what is delivered here has alone. Null where it is not known.
 */
export function realmsOf(packet: Packet, run: Run): number | null {
  // What a bridge hands on is routed by nobody: br_netfilter gives it an entry of its own, of no realm.
  if (packet.bridged) return 0;
  if (isGivenByRules(packet, run)) return null;
  const isMade = packet.departedTo !== null;
  const to = isMade || packet.output !== null ? realmTo(packet.route) : 0;
  const back = isMade ? 0 : realmBack(packet, run);
  if (to === null || back === null) return null;
  const upper = to >>> 16 === 0 ? back & 0xffff : to >>> 16;
  return (((upper << 16) >>> 0) | (to & 0xffff)) >>> 0;
}

/** fib4_rule_tclassid: of IPv4's policy rules alone. */
export function isGivenByRules({ family }: Packet, { node }: Run): boolean {
  return family === 4 && (node.rules?.some((rule) => rule.family !== 6 && rule.givesRealms) ?? false);
}

function realmBack(packet: Packet, run: Run): number | null {
  if (packet.sourceUnknown) return null;
  const found = lookupRoute(run.node, packet.family, {
    destination: addressOf(packet, 'source'),
    source: addressOf(packet, 'destination'),
    inputInterface: null,
    outputInterface: null,
    mark: packet.mark,
    tos: packet.tos,
    traffic: reversed({ ...trafficOf(run, packet, 0), ask: () => null }),
  });
  if (found.kind === 'unknown') return null;
  return realmTo(found.kind === 'found' ? found.route : null);
}

function realmTo(route: Route | null | undefined): number | null {
  if (route === undefined) return null;
  const { from, to } = route?.realm ?? { from: null, to: null };
  const [first, second] = [readNumber(from ?? '0', MOST), readNumber(to ?? '0', MOST)];
  return first.kind === 'value' && second.kind === 'value'
    ? ((first.value << 16) | second.value) >>> 0
    : null;
}

const MOST = 0xffff;
