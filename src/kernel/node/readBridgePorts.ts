import type { BridgePort } from './node.ts';
import type { FileReading } from './reading.ts';

/** `4: vethpods@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2` */
const PORT = /^\d+:\s+([^\s:@]+)(?:@\S+)?:\s.*\smaster\s+(\S+)/;
const HAIRPIN = /\bhairpin\s+(on|off)\b/;

/** `bridge -d link` → the ports of the node's bridges. */
export function readBridgePorts(text: string): FileReading<readonly BridgePort[]> {
  const ports: BridgePort[] = [];
  for (const line of text.split('\n')) {
    const port = PORT.exec(line);
    if (port !== null) ports.push({ name: port[1] ?? '', bridge: port[2] ?? '', hairpin: false });
    const hairpin = HAIRPIN.exec(line)?.[1] === 'on';
    const last = ports.at(-1);
    if (hairpin && last !== undefined) ports[ports.length - 1] = { ...last, hairpin };
  }
  const foreign = ports.length === 0 && text.trim() !== '' && !/^\d+:/.test(text.trim());
  return foreign
    ? { value: null, problems: ['not the output of "bridge -d link"'] }
    : { value: ports, problems: [] };
}
