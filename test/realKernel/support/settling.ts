/** Whether the kernel has done with addresses: it gives links their own, and asks whether others have them, in its own time. */
import { isRecord } from '../../../src/text/json.ts';
import { readRows, textOf } from '../../../src/kernel/node/json.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Of what `ip -j addr` prints: no address of a link with a carrier is `tentative`, and each has its link-local one. Until then IPv6 has
 * no local route for the address (addrconf_dad_completed), so that two listings one after the other are of two nodes.
 */
export function isSettled(listing: string): boolean {
  const reading = readRows(listing);
  return reading.kind === 'rows' && reading.lists.flat().filter(hasCarrier).every(isDone);
}

function hasCarrier(row: Row): boolean {
  const flags = row['flags'];
  return Array.isArray(flags) && flags.includes('LOWER_UP') && !flags.includes('LOOPBACK');
}

function isDone(row: Row): boolean {
  const given = row['addr_info'];
  const addresses = Array.isArray(given) ? given.filter(isRecord) : [];
  const sixth = addresses.filter((each) => textOf(each, 'family') === 'inet6');
  // A bridge without ports never says more than UNKNOWN.
  return (
    ['UP', 'UNKNOWN'].includes(textOf(row, 'operstate') ?? '') &&
    sixth.every((each) => each['tentative'] !== true) &&
    sixth.some((each) => textOf(each, 'scope') === 'link')
  );
}
