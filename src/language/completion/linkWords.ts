/** The words of a value by which rules have to do with each other. */
import type { ValueKind } from '../../rules/iptables/catalogue/definitions.ts';
import { readHostPort } from '../../values/hostPort.ts';
import type { Token } from './tokens.ts';

/** `default/web:http`, as kube-proxy names Service ports in comments. */
export const SERVICE_NAME = /[\w.-]+\/[\w.-]+(?::[\w.-]+)?/;
/** `10.244.1.5:8080`, `[fd00::5]:8080` */
export const ENDPOINT = /(?:\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\]):\d+/i;

const ADDRESSES: ReadonlySet<ValueKind> = new Set([
  'addressList',
  'network',
  'address',
  'natDestination',
  'natSource',
]);
const NAMES: ReadonlySet<ValueKind> = new Set(['text', 'setMatch']);

/** The value itself, the address in it, the name and the endpoint in a comment; none of what stands in very many rules. */
export function linkWords({ name, definition }: Token, value: string): readonly string[] {
  if (definition === null) return name === '-j' || name === '-g' ? [value] : NONE;
  const { kind } = definition;
  if (kind !== null && ADDRESSES.has(kind)) {
    const address = plainAddress(value);
    return address === value ? [value] : [value, address];
  }
  if (kind === null || !NAMES.has(kind)) return NONE;
  if (name !== '--comment') return [value];
  const words = new Set([value]);
  const service = SERVICE_NAME.exec(value);
  const endpoint = ENDPOINT.exec(value);
  if (service !== null) words.add(service[0]);
  if (endpoint !== null) words.add(plainAddress(endpoint[0]));
  return [...words];
}

const NONE: readonly string[] = [];

/** With brackets, a port, or two of them. */
const LONGEST_ADDRESS = 100;

/** `10.244.1.5/32`, `10.244.1.5:8080` → `10.244.1.5` */
export function plainAddress(value: string): string {
  if (value.length > LONGEST_ADDRESS || !/^\[?[\da-f]*[.:][\da-f.:]*[\d\]/:]*$/i.test(value)) return value;
  const slash = value.indexOf('/');
  return readHostPort(slash < 0 ? value : value.slice(0, slash)).address;
}
