import type { Endpoint } from './trace.ts';

/** `10.0.0.1:80`, `[fd00::1]:80`, `10.0.0.1:*` for a port that the kernel picks, `10.0.0.1` without a port (ICMP). */
export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.port === null) return endpoint.address;
  const host = endpoint.address.includes(':') ? `[${endpoint.address}]` : endpoint.address;
  return `${host}:${endpoint.port}`;
}
