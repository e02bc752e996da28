/** Which frontend it is, in whatever rules. */
import { normalAddress } from '../../values/address.ts';
import type { Frontend } from './frontend.ts';

export type FrontendPlace = Pick<Frontend, 'family' | 'address' | 'port' | 'protocol'>;

/** One text for one place, however its address is spelled. */
export function frontendKey({ family, address, port, protocol }: FrontendPlace): string {
  return `${family} ${address === null ? '' : normalAddress(address)} ${port} ${protocol}`;
}
