/** What br_netfilter changes: net/bridge/br_netfilter_hooks.c. */
import { formatAddress } from '../../values/address.ts';
import { presume, type Question, question } from '../answers.ts';
import { bridgePortsOf, isBridge } from '../node/bridges.ts';
import { numberSysctl } from '../node/sysctls.ts';
import { addressType } from '../node/routing.ts';
import { addressOf, type Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { type End, kernelDrop } from '../end.ts';

/** Whether frames on the bridge `name` go through the iptables hooks. */
export function filtersBridge(run: Run, packet: Packet, name: string): boolean {
  if (!isBridge(run.node, name)) return false;
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

/** Whether the node's files tell that no bridge takes the frames of an interface: it has no ports, and is none. */
export function isNoBridge(run: Run, name: string): boolean {
  return run.node.interfaces?.get(name)?.master === null && !isBridge(run.node, name);
}

/** The only port of the bridge; undefined where there are several and nothing says which. */
export function onlyPort(run: Run, bridge: string): string | undefined {
  const ports = bridgePortsOf(run.node, bridge);
  return ports.length === 1 ? ports[0] : undefined;
}

/** A frame never leaves by the port that it came in by, unless that port has hairpin mode. Null when it may leave. */
export function hairpinDrop(run: Run, packet: Packet, bridge: string): End | null {
  const isSamePort = bridgePortsOf(run.node, bridge).length === 1 || reachesItself(packet);
  if (!isSamePort || handsBack(run, packet, bridge)) return null;
  return kernelDrop(
    `the frame would leave ${bridge} by the port that it came in by, and hairpin mode is off`,
  );
}

function handsBack(run: Run, packet: Packet, bridge: string): boolean {
  const ports = run.node.bridgePorts?.filter((port) => port.bridge === bridge) ?? [];
  const modes = new Set(ports.map(({ hairpin }) => hairpin));
  const [only] = modes;
  if (modes.size === 1 && only === true) return true;
  const isPromiscuous = run.node.interfaces?.get(bridge)?.flags.includes('PROMISC') === true;
  if (modes.size === 1 && !isPromiscuous) return false;
  return run.ask(hairpinQuestion(packet, bridge, modes.size, isPromiscuous));
}

/** Of ports that differ both answers are explored: which of them is the pod's is in no file. */
function hairpinQuestion(packet: Packet, bridge: string, modes: number, isPromiscuous: boolean): Question {
  const text = formatAddress({ family: packet.family, value: packet.destination });
  const key = `hairpin:${bridge}:${text}`;
  const claim = `${bridge} hands frames back by the port of ${text}`;
  if (modes > 1) {
    const message = `Whether ${claim} is not known: only some of its ports have hairpin mode.`;
    return question(key, 'hairpin-unknown', message, claim);
  }
  const why = isPromiscuous
    ? `${bridge} is promiscuous, as it is in kubelet’s hairpin mode promiscuous-bridge`
    : 'whether the port has hairpin mode is not known (`bridge -d link > bridge-link.txt` tells)';
  const message = `It is taken for granted that ${claim}: ${why}. If not, the packet is lost.`;
  return presume(true, key, 'hairpin-assumed', message, claim);
}

/** Where nothing tells whether pods are on a bridge: a pod that reaches itself needs hairpin mode there. */
export function noteHairpin(run: Run, packet: Packet): void {
  if (run.node.interfaces !== null || run.node.bridgePorts !== null || !reachesItself(packet)) return;
  const text = formatAddress({ family: packet.family, value: packet.destination });
  run.assume(
    `hairpin:${text}`,
    'hairpin-assumed',
    `${text} reaches itself. If it is on a bridge, hairpin mode of its port is taken to be on (\`bridge -d link > bridge-link.txt\` tells); without it the packet is lost.`,
  );
}

/** What is for many a bridge floods to its other ports, each copy through FORWARD: aloud, since no trace follows them. */
export function noteCopies(run: Run, packet: Packet, bridge: string): void {
  const address = addressOf(packet, 'destination');
  const type = addressType(run.node, address);
  if (type !== 'BROADCAST' && type !== 'MULTICAST') return;
  run.assume(
    `bridge-copies:${bridge}`,
    'bridge-copies-not-followed',
    `${formatAddress(address)} is the address of many: the copies that ${bridge} sends to its other ports pass FORWARD and POSTROUTING by themselves, and are not followed; this is what the node itself gets.`,
  );
}

/** Whether it goes to who sent it: of an answer, too, that is one end of the connection, whatever was translated since. */
function reachesItself({ connection, direction, destination }: Packet): boolean {
  return connection?.[direction].source === destination;
}
