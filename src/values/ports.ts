import { MAX_16, type NumberRange, readLongNumber, readNumber } from './numbers.ts';
import { fault, type Reading, value } from './reading.ts';
import { servicePorts } from './services.ts';

/** multiport of the kernel holds 15 numbers (XT_MULTI_PORTS); a range takes two. */
const MOST_PORTS = 15;

/** `http-alt`, `3com-tsmux`; not `80x`. */
const SERVICE_NAME = /^(?:[a-z]|\d+[a-z]+-)[\w.+-]*$/i;

/** Reads a port by number or by service name (`http`). */
export function readPort(text: string): Reading<number> {
  const number = readNumber(text, MAX_16);
  if (number.kind === 'value') return number;
  if (!SERVICE_NAME.test(text)) return fault('is not a port from 0 to 65535');
  const port = servicePorts.get(text);
  return port === undefined
    ? fault('is a service name that is not known here', 'iptables looks it up in /etc/services')
    : value(port);
}

/** `80`, `http` → its number; null for ranges, lists and what is no port. */
export function onePort(text: string | null): number | null {
  const reading = readPort(text ?? '');
  return reading.kind === 'value' ? reading.value : null;
}

/** As `readPort`, for udp, dccp and conntrack, which cut a number that is too large instead of refusing it. */
function readCutPort(text: string): Reading<number> {
  const port = readPort(text);
  if (port.kind === 'value' || port.doubt !== null) return port;
  if (text === '') return fault('is empty', 'iptables takes it for port 0');
  // getaddrinfo, which is asked for what is no port so far, knows tens only.
  const tens = readLongNumber(text);
  if (tens.kind === 'fault' || !/^\s*\+?\d+$/.test(text)) return port;
  return fault(
    port.reason,
    `iptables keeps its last 16 bits only, which is port ${BigInt(text.trim().replace('+', '')) & 0xffffn}`,
  );
}

/**
 * Reads `80`, `8000:8010`, `:1023` (from 0) or `1024:` (to 65535). To udp, dccp and conntrack a range that ends before
 * it begins is one that nothing matches.
 */
export function readPortRange(text: string): Reading<NumberRange> {
  return readRangeOf(text, readCutPort);
}

function readRangeOf(text: string, read: (port: string) => Reading<number>): Reading<NumberRange> {
  const colon = text.indexOf(':');
  if (colon < 0) {
    const port = read(text);
    return port.kind === 'fault' ? port : value({ from: port.value, to: port.value });
  }
  const from = colon === 0 ? value(0) : read(text.slice(0, colon));
  if (from.kind === 'fault') return from;
  const rest = text.slice(colon + 1);
  const to = rest === '' ? value(MAX_16) : read(rest);
  if (to.kind === 'fault') return to;
  return value({ from: from.value, to: to.value });
}

/** As `readPortRange`, for tcp and sctp, which refuse a range that ends before it begins. */
export function readOrderedPortRange(text: string): Reading<NumberRange> {
  const range = readRangeOf(text, readPort);
  if (range.kind === 'value' && range.value.from > range.value.to)
    return fault('is a range that ends before it begins');
  return range;
}

/** Reads the list of multiport: `80,443,8000:8010`. */
export function readPortList(text: string): Reading<readonly NumberRange[]> {
  const ranges: NumberRange[] = [];
  let numbers = 0;
  for (const part of text.split(',')) {
    const isRange = part.includes(':');
    if (isRange && (part.startsWith(':') || part.endsWith(':')))
      return fault('has a range without both its ends');
    const range = readOrderedPortRange(part);
    if (range.kind === 'fault') return range;
    if (isRange && range.value.from === range.value.to) return fault('has a range of one port');
    ranges.push(range.value);
    numbers += isRange ? 2 : 1;
  }
  return numbers <= MOST_PORTS
    ? value(ranges)
    : fault(`has more than ${MOST_PORTS} ports (a range counts twice)`);
}
