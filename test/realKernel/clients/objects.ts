/** What of a dump's objects a world needs: who listens where. */
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';
import type { Place } from './world.ts';

/** The addresses and ports of all EndpointSlices, in TCP and UDP. */
export function endpointsOf(objects: string): readonly Place[] {
  const list: unknown = JSON.parse(objects);
  const items = isRecord(list) ? records(list['items']) : [];
  const places = items
    .filter(({ kind }) => kind === 'EndpointSlice')
    .flatMap((slice) =>
      records(slice['endpoints']).flatMap(({ addresses }) =>
        records(slice['ports']).flatMap((port) => placesOf(addresses, port)),
      ),
    );
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function placesOf(addresses: unknown, { port, protocol }: JsonRecord): readonly Place[] {
  if (!Array.isArray(addresses) || typeof port !== 'number') return [];
  if (protocol !== 'TCP' && protocol !== 'UDP') return [];
  const kind = protocol === 'TCP' ? 'tcp' : 'udp';
  return addresses.map((address) => ({ address: String(address), port, protocol: kind }));
}

function records(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
