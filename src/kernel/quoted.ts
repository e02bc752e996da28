import { parseAddress } from '../values/address.ts';
import type { Flow } from './flow.ts';
import { hasPorts, type QuotedEnds } from './packet.ts';
import { protocolNumber } from './protocols.ts';

/** The ends of what an ICMP error quotes, as it comes; null where it quotes nothing, or an end is not known. */
export function quotedEnds(quote: Flow | undefined): QuotedEnds | null {
  if (quote === undefined || quote.from.address === null) return null;
  const source = parseAddress(quote.from.address);
  const destination = parseAddress(quote.to.address);
  const protocol = protocolNumber(quote.protocol, quote.family);
  if (source === null || destination === null || protocol === null) return null;
  const ported = hasPorts(protocol);
  return {
    protocol,
    source: source.value,
    destination: destination.value,
    sourcePort: ported ? quote.from.port : null,
    destinationPort: ported ? quote.to.port : null,
  };
}
