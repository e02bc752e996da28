/**
 * Rules of others that may decide on a packet before it comes to one of kube-proxy's that refuses it: a network plugin's
 * ACCEPT that stands before the jump to KUBE-SERVICES lets pods hang where the node itself is refused.
 */
import { isIPv4Multicast } from '../../../kernel/node/addressTypes.ts';
import { isIPv6Multicast } from '../../../kernel/node/sourceAddressIPv6.ts';
import { contains, type Network, parseAddress } from '../../../values/address.ts';
import type { NumberRange } from '../../../values/numbers.ts';
import type { Overtaking, OvertakingVerdict } from '../../services/frontend.ts';
import type { FamilyRules } from './familyRules.ts';
import type { FirstPackets } from './firstPackets.ts';
import type { Refusal } from './portDraft.ts';
import { placeOf } from './source.ts';

/** What kube-proxy's own rule does. */
const OWN: Readonly<Record<Refusal['fate'], OvertakingVerdict>> = { rejected: 'rejects', dropped: 'drops' };

/** The first rule of others that may take what `refusal` is to refuse, and does something else with it. */
export function overtakingOf(rules: FamilyRules, refusal: Refusal): Overtaking | null {
  const bases = refusal.address === null ? ['INPUT', 'OUTPUT'] : ['FORWARD', 'OUTPUT'];
  for (const base of bases) {
    const found = rules
      .verdictsBefore(base, refusal.at.chain)
      .find(
        (early) =>
          early.verdict !== OWN[refusal.fate] &&
          early.rules.every((rule) => mayTake(rules.askedBy(rule), refusal)) &&
          !early.returns.some((rule) => takesAll(rules.askedBy(rule), refusal)),
      );
    const last = found?.rules.at(-1);
    if (found !== undefined && last !== undefined)
      return { at: placeOf(rules.source, 'filter', found.chain, last), verdict: found.verdict };
  }
  return null;
}

/** Whether nothing in the rule speaks against the first packet of a connection to what is refused, which comes by a link. */
function mayTake({ any, protocol, to, ports }: FirstPackets, refusal: Refusal): boolean {
  if (!any || (protocol !== null && protocol !== refusal.protocol)) return false;
  if (ports !== null && isIn(ports.ranges, refusal.port) === ports.negated) return false;
  // A node port is asked at an address of the node.
  if (to !== null && refusal.address === null && !to.negated && isMulticast(to.network)) return false;
  const address = to === null || refusal.address === null ? null : parseAddress(refusal.address);
  if (to === null || address === null || address.family !== to.network.family) return true;
  return contains(to.network, address) !== to.negated;
}

/** Whether the rule takes every packet of what is refused, whoever sends it. */
function takesAll(asked: FirstPackets, refusal: Refusal): boolean {
  // A node port is asked at more addresses than one.
  return asked.all && mayTake(asked, refusal) && (asked.to === null || refusal.address !== null);
}

function isMulticast({ family, value }: Network): boolean {
  return family === 4 ? isIPv4Multicast(value) : isIPv6Multicast({ family, value });
}

function isIn(ranges: readonly NumberRange[], port: number): boolean {
  return ranges.some(({ from, to }) => from <= port && port <= to);
}
