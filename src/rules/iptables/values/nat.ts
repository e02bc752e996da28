import { type Family, parseAddress } from '../../../values/address.ts';
import { type AddressRange, readAddressRange } from '../../../values/networks.ts';
import { MAX_16, type NumberRange, readNumber } from '../../../values/numbers.ts';
import { readPort } from '../../../values/ports.ts';
import { fault, faultWithin, type Reading, value } from '../../../values/reading.ts';

/** What `--to-destination` or `--to-source` says. */
export interface NatRange {
  /** Null where only a port is given: `:8080`. */
  readonly addresses: AddressRange | null;
  readonly ports: NumberRange | null;
  /** `10.0.0.1:8000-8010/9000` → 9000: the port that the first of the range stands for; null where none is given. */
  readonly basePort: number | null;
}

/** Reads `10.0.0.1`, `10.0.0.1-10.0.0.9:80-90`, `:8080`, `[fd00::1]:80`, `10.0.0.1:8000-8010/9000`. */
export function readNatDestination(text: string, family: Family): Reading<NatRange> {
  return readNatRange(text, family, true);
}

/** Reads the value of `--to-source`; as a destination, but without a base port. */
export function readNatSource(text: string, family: Family): Reading<NatRange> {
  return readNatRange(text, family, false);
}

function readNatRange(text: string, family: Family, withBase: boolean): Reading<NatRange> {
  if (family === 4 && text.includes('['))
    return fault('has a bracket, which stands around addresses of IPv6 only');
  const { addressText, portText } = split(text, family);
  if (addressText !== '' && !isFull(addressText)) return fault('is not an address');
  const addresses = addressText === '' ? value(null) : readAddressRange(addressText, family);
  if (addresses.kind === 'fault') return addresses;
  if (addressText === '' && portText === null) return fault('is neither an address nor a port');
  if (portText === null) return value({ addresses: addresses.value, ports: null, basePort: null });
  const slash = portText.indexOf('/');
  if (slash >= 0 && !withBase) return fault('has a port after a slash, which only a destination can have');
  const ports = readNatPorts(slash < 0 ? portText : portText.slice(0, slash));
  if (ports.kind === 'fault') return faultWithin('has a port that', ports);
  if (slash >= 0 && ports.value.from === ports.value.to) return fault('has a base port without a range');
  const base = slash < 0 ? value(null) : readPort(portText.slice(slash + 1));
  if (base.kind === 'fault') return faultWithin('has a base port that', base);
  return value({ addresses: addresses.value, ports: ports.value, basePort: base.value });
}

/** `[a-b]:p` and, in IPv4, `a-b:p`. Before the bracket, and from the other to the next colon, iptables looks at nothing (`parse_to`). */
function split(text: string, family: Family): { addressText: string; portText: string | null } {
  const open = text.indexOf('[');
  if (open >= 0) {
    const close = text.indexOf(']', open);
    const after = close < 0 ? '' : text.slice(close + 1);
    const inside = close < 0 ? text : text.slice(open + 1, close);
    const at = after.indexOf(':');
    return { addressText: inside, portText: at < 0 ? null : after.slice(at + 1) };
  }
  const colon = text.indexOf(':');
  if (colon < 0 || (family === 6 && text.includes(':', colon + 1)))
    return { addressText: text, portText: null };
  const addressText = namesNoAddress(text) ? '' : text.slice(0, colon);
  return { addressText, portText: text.slice(colon + 1) };
}

/**
 * `10:80`: two characters before the only colon are not looked at. iptables takes them for the `[]` of `[]:80`
 * (`colon == arg + 2` in extensions/libxt_NAT.c), and the port alone is translated.
 */
export function namesNoAddress(text: string): boolean {
  return text.indexOf(':') === 2 && text.lastIndexOf(':') === 2;
}

/** Reads `80`, `80-90` or `http`, as after the colon of a range and in `--to-ports`. */
export function readNatPorts(text: string): Reading<NumberRange> {
  if (/^[a-z]/i.test(text)) {
    const port = readPort(text);
    return port.kind === 'fault' ? port : value({ from: port.value, to: port.value });
  }
  const dash = text.indexOf('-');
  const from = readNumber(dash < 0 ? text : text.slice(0, dash), MAX_16);
  if (from.kind === 'fault') return from;
  const to = dash < 0 ? from : readNumber(text.slice(dash + 1), MAX_16);
  if (to.kind === 'fault') return to;
  if (from.value > to.value) return fault('is a range that ends before it begins');
  return value({ from: from.value, to: to.value });
}

/** Translation takes addresses in full only, not the short forms of inet_aton. */
function isFull(text: string): boolean {
  return text.split('-').every((part) => parseAddress(part) !== null);
}
