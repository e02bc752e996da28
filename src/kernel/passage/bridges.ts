/** What br_netfilter changes: net/bridge/br_netfilter_hooks.c. */
import { numberSysctl } from '../node/sysctls.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { type End, kernelDrop } from '../end.ts';

/** Whether frames on the bridge `name` go through the iptables hooks. */
export function filtersBridge(run: Run, packet: Packet, name: string): boolean {
  if (!isBridge(run, name)) return false;
  const setting = packet.family === 4 ? 'bridge-nf-call-iptables' : 'bridge-nf-call-ip6tables';
  const value = numberSysctl(run.node, `net.bridge.${setting}`);
  if (value !== null) return value !== 0;
  if (run.node.sysctls !== null) return false;
  run.assume(
    'bridge-netfilter',
    'bridge-netfilter-assumed',
    `net.bridge.${setting} is not known; it is taken to be on, as Kubernetes wants it.`,
  );
  return true;
}

/** Whether the interface is a bridge, as far as its ports tell. */
export function isBridge(run: Run, name: string): boolean {
  return portsOf(run, name).length > 0;
}

/** The only port of the bridge; undefined where there are several and nothing says which. */
export function onlyPort(run: Run, bridge: string): string | undefined {
  const ports = portsOf(run, bridge);
  return ports.length === 1 ? ports[0] : undefined;
}

/** A frame never leaves by the port that it came in by, unless that port has hairpin mode. Null when it may leave. */
export function hairpinDrop(run: Run, packet: Packet, bridge: string): End | null {
  const ports = run.node.bridgePorts?.filter((port) => port.bridge === bridge) ?? [];
  const isSamePort = ports.length === 1 || packet.connection?.original.source === packet.destination;
  if (!isSamePort || ports.length === 0 || ports.some((port) => port.hairpin)) return null;
  return kernelDrop(
    `the frame would leave ${bridge} by the port that it came in by, and hairpin mode is off`,
  );
}

function portsOf(run: Run, bridge: string): readonly string[] {
  const known = run.node.bridgePorts?.filter((port) => port.bridge === bridge).map((port) => port.name) ?? [];
  if (known.length > 0 || run.node.bridgePorts !== null) return known;
  const ports = [...(run.node.interfaces?.values() ?? [])].filter((of) => of.master === bridge);
  return bridge.startsWith('bond') || bridge.startsWith('team') ? [] : ports.map((of) => of.name);
}
