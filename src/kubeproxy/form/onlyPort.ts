/** The port of a destination that was given as an address alone. */
import type { Analysis } from '../analysis.ts';
import type { DestinationText } from './destination.ts';
import { listed } from './packetText.ts';

interface PortAt {
  readonly port: number;
  readonly protocol: string;
}

/**
 * With the port of the Service whose address it is, where that has one alone; the same destination where there is none,
 * are several, or is one already. `protocol` null: not given.
 */
export function withOnlyPort(
  destination: DestinationText,
  protocol: string | null,
  analysis: Analysis,
): DestinationText {
  if (destination.port !== null) return destination;
  const [only, ...others] = portsAt(destination.address, protocol ?? undefined, analysis);
  return only === undefined || others.length > 0
    ? destination
    : { ...destination, ...only, isOnlyPort: true };
}

/** What to say where a port is needed; lists those of a Service whose address it is. `protocol` null: not given. */
export function portMissing(address: string, protocol: string | null, analysis: Analysis): string {
  const ports = portsAt(address, undefined, analysis).map(
    (each) => `${each.port}/${each.protocol.toUpperCase()}`,
  );
  const name = analysis.catalog.frontendsAt(address)[0]?.port.name ?? address;
  if (ports.length > 0) return `Say which port: ${name} is at ${listed(ports.slice(0, 5))}.`;
  const example = address.includes(':') ? `[${address}]:80` : `${address}:80`;
  return `Say which port, such as ${example}${protocol === null ? ', or choose icmp as the protocol' : ''}.`;
}

/** Of the Services that have the address, each once. */
function portsAt(address: string, protocol: string | undefined, { catalog }: Analysis): readonly PortAt[] {
  const found = catalog.frontendsAt(address, undefined, protocol);
  const byText = new Map(
    found.map(({ frontend }) => [
      `${frontend.port}/${frontend.protocol}`,
      { port: frontend.port, protocol: frontend.protocol },
    ]),
  );
  return [...byText.values()];
}
