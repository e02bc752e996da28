/** Addresses and networks as text, for the judge of sentences. */

function bitsOf(address: string): string {
  if (!address.includes(':')) {
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle =
    tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...middle, ...after]
    .map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0'))
    .join('');
}

/** Whether an address is inside of `10.0.0.0/8`; an address alone stands for itself. */
export function isInside(address: string, network: string): boolean {
  const [base = '', length] = network.split('/');
  if (base.includes(':') !== address.includes(':')) return false;
  const bits = length === undefined ? bitsOf(base).length : Number(length);
  return bitsOf(address).slice(0, bits) === bitsOf(base).slice(0, bits);
}

/** Whether an address is the sender's own host, wherever it is seen. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
