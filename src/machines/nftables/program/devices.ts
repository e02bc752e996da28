/** Whether a packet comes to a chain at `ingress` or `egress`: of the device alone that the chain is bound to. */
import { question } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { interfaceQuestion } from '../../../kernel/passage/interfaceAsked.ts';
import type { Run } from '../../../kernel/run.ts';
import type { DeviceKind } from '../../../kernel/trace.ts';

export type DeviceEnd = 'input' | 'output';

/** A packet at a device. */
export interface AtDevice {
  readonly packet: Packet;
  readonly run: Run;
  /** As results name it, for what is asked where the device is not known. */
  readonly chain: string;
  readonly by: DeviceKind | undefined;
}

/** The one of `devices` that the packet comes by; null where it comes by another. */
export function deviceOf(devices: readonly string[], end: DeviceEnd, at: AtDevice): string | null {
  return devices.find((device) => isBy(device, end, at)) ?? null;
}

function isBy(device: string, end: DeviceEnd, at: AtDevice): boolean {
  const { packet, run, chain, by } = at;
  const name = packet[end];
  if (name === null) return false;
  if (name === undefined) {
    if (by === 'port') return false;
    const pattern = { name: device, prefix: false };
    return run.ask(interfaceQuestion({ end, pattern, text: device, rule: `Chain ${chain}` }, packet, run));
  }
  return (by !== 'port' && name === device) || (by !== 'interface' && isPort(device, name, end, at));
}

/** Whether `device` is the port of the interface `name` that the packet comes by. */
function isPort(device: string, name: string, end: DeviceEnd, { packet, run }: AtDevice): boolean {
  const port = end === 'input' ? packet.physicalInput : packet.physicalOutput;
  if (port === device) return true;
  const interfaces = run.node.interfaces ?? new Map<string, never>();
  if (interfaces.get(device)?.master !== name || typeof port === 'string') return false;
  const ports = [...interfaces.values()].filter(({ master }) => master === name);
  if (ports.length === 1) return true;
  const claim = `the packet ${end === 'input' ? 'comes in' : 'goes out'} by the port ${device} of ${name}`;
  return run.ask(
    question(
      `${run.scope}port:${end}:${device}`,
      'interface-unknown',
      `Whether ${claim} is not known.`,
      claim,
    ),
  );
}
