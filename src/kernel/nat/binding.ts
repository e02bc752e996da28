/** Binds the connection of a packet to what a rule of nat asks for. */
import { type Family, formatAddress } from '../../values/address.ts';
import { endpointOfTuple } from '../endpoints.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Effect, Endpoint } from '../trace.ts';
import type { Manipulation, NatRange } from './range.ts';
import { setupNat } from './setup.ts';

export type NatEffect = Extract<Effect, { readonly was: Endpoint; readonly is: Endpoint }>;
export type NatKind = NatEffect['kind'];

/** The translation itself is done at the end of the hook. Null for a packet without a connection, to which nothing happens. */
export function bindNat(
  kind: NatKind,
  packet: Packet,
  run: Run,
  range: NatRange,
  manipulation: Manipulation,
): NatEffect | null {
  const { connection, family } = packet;
  if (connection === null) return null;
  const shown = (): Endpoint =>
    manipulation === 'source'
      ? endpointOfTuple(family, connection.reply, 'destination')
      : endpointOfTuple(family, connection.reply, 'source');
  const was = shown();
  setupNat(packet, connection, run, range, manipulation);
  if (manipulation === 'source' && range.address !== null) packet.sourceUnknown = false;
  const effect = { kind, was, is: shown() };
  const among = amongOf(range, family);
  return among === null ? effect : { ...effect, among };
}

/** Null where there is no choice. */
function amongOf({ address }: NatRange, family: Family): string | null {
  if (address === null || address.first === address.last) return null;
  const [first, last] = [address.first, address.last].map((value) => formatAddress({ family, value }));
  return `${first}-${last}`;
}
