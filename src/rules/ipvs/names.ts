/** What virtual servers are called. */
import { formatAddress } from '../../values/address.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import type { End, Virtual } from './nodes.ts';

/** `10.96.0.1:443`, `[fd00::1]:443` */
export function endText({ address, port }: End): string {
  return joinHostPort(formatAddress(address), port);
}

/** `TCP 10.96.0.1:443`, `FWM 7`; of a mark of IPv6 `FWM 7 IPv6`, as `ipvsadm -L` has it. */
export function virtualName(virtual: Virtual): string {
  if (virtual.kind === 'mark') return `FWM ${virtual.mark}${virtual.family === 6 ? ' IPv6' : ''}`;
  return `${virtual.protocol.toUpperCase()} ${endText(virtual)}`;
}
