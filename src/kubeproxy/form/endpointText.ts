/** Addresses with ports as people write them. */
import { parseAddress, type Family } from '../../values/address.ts';

interface EndpointText {
  readonly family: Family;
  readonly address: string;
  readonly port: number | null;
}

export type EndpointReading =
  | { readonly kind: 'endpoint'; readonly endpoint: EndpointText }
  | { readonly kind: 'wrong'; readonly message: string };

/** `10.96.0.10:53`, `10.96.0.10`, `[fd00::1]:80`, `[fd00::1]`, `fd00::1`. */
export function readEndpoint(text: string): EndpointReading {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return ofParts(bracketed[1] ?? '', bracketed[2]);
  const colons = text.split(':').length - 1;
  if (colons !== 1) return ofParts(text, undefined);
  const at = text.indexOf(':');
  return ofParts(text.slice(0, at), text.slice(at + 1));
}

function ofParts(host: string, port: string | undefined): EndpointReading {
  const address = parseAddress(host);
  if (!address) return wrong(notAnAddress(host));
  if (port === undefined) return endpoint(address.family, host, null);
  const number = readPort(port);
  if (number === null) return wrong(`"${port}" is not a port: use a number from 1 to 65535.`);
  return endpoint(address.family, host, number);
}

/** A port number; null for anything else. */
export function readPort(text: string): number | null {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : null;
}

function endpoint(family: Family, address: string, port: number | null): EndpointReading {
  return { kind: 'endpoint', endpoint: { family, address, port } };
}

function wrong(message: string): EndpointReading {
  return { kind: 'wrong', message };
}

function notAnAddress(host: string): string {
  if (host === '') return 'An address is missing before the port.';
  if (host.includes('/')) return `"${host}" is a network: give one address of it.`;
  if (host.includes('%'))
    return `"${host}" has a zone: leave out what follows the %, and name the interface instead.`;
  if (/^[0-9.]+$/.test(host)) return `"${host}" is not an IPv4 address: it takes four numbers from 0 to 255.`;
  return `"${host}" is not an address, such as 10.96.0.10 or fd00::1.`;
}
