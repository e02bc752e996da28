/** The packet of a kernel's trace or a capture as a form, to be traced as any other. */
import type { FlowForm } from '../form/flowForm.ts';
import type { SeenPacket } from './events.ts';

/** `10.0.0.1:80`, `[fd00::1]:80`, the address alone without a port. */
function endText(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A packet that came in by no interface is the node's own. */
export function formOfPacket(packet: SeenPacket): FlowForm {
  const { protocol, mark, ttl, flags, input, source, destination } = packet;
  const from = endText(source, packet.sourcePort);
  const isTcp = protocol === 'tcp';
  const isFirst = !isTcp || (flags.includes('SYN') && !flags.includes('ACK'));
  return {
    from: input === null ? `node:${from}` : from,
    to: endText(destination, packet.destinationPort),
    protocol,
    state: isFirst ? '' : 'established',
    mark: mark === 0 ? '' : `0x${mark.toString(16)}`,
    interface: input ?? '',
    ttl: ttl === null ? '' : String(ttl),
    tcpFlags: isTcp ? flags.join(',') : '',
    icmpType: packet.icmpType === null ? '' : String(packet.icmpType),
  };
}

/** `203.0.113.9:50000 → 192.0.2.10:31080 TCP SYN, in by eth0` */
export function packetWords(packet: SeenPacket): string {
  const { source, destination, sourcePort, destinationPort, protocol, flags, input, output } = packet;
  const ways = [
    ...(input === null ? [] : [`in by ${input}`]),
    ...(output === null ? [] : [`out by ${output}`]),
  ];
  const what = [protocol.toUpperCase(), ...flags].join(' ');
  const ends = `${endText(source, sourcePort)} → ${endText(destination, destinationPort)}`;
  return [`${ends} ${what}`, ...ways].join(', ');
}
