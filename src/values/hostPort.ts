/** An address with a port, as one text. */
import { onePort } from './ports.ts';

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function joinHostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `10.244.1.5:8080`, `[fd00::5]:8080`, or an address alone; a range of ports counts as none. */
export function readHostPort(text: string): { readonly address: string; readonly port: number | null } {
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  if (bracket > 0) return { address: text.slice(1, bracket), port: onePort(text.slice(bracket + 2)) };
  const colon = text.indexOf(':');
  if (colon < 0 || colon !== text.lastIndexOf(':')) return { address: text, port: null };
  return { address: text.slice(0, colon), port: onePort(text.slice(colon + 1)) };
}
