import type { Target } from '../../../rules/iptables/nodes.ts';
import {
  type NatRange as WrittenRange,
  readNatDestination,
  readNatPorts,
  readNatSource,
} from '../../../rules/iptables/values/nat.ts';
import { readNetwork } from '../../../values/networks.ts';
import { bindNat, type NatEffect, type NatKind } from '../../../kernel/nat/binding.ts';
import { masqueradePacket } from '../../../kernel/nat/masquerade.ts';
import type { RuleContext } from '../matches/match.ts';
import { valueIn } from '../matches/reading.ts';
import { manipulationOf } from '../../../kernel/nat/natHook.ts';
import { redirectAddress } from '../../../kernel/nat/redirect.ts';
import type { Manipulation, NatRange } from '../../../kernel/nat/range.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import {
  ACCEPT,
  type CompiledTarget,
  CONTINUE,
  endBy,
  type TargetCompiler,
  targetOption,
  type TargetResult,
  targetValue,
} from './target.ts';
import { notModelled } from './verdicts.ts';

function bind(
  kind: NatKind,
  packet: Packet,
  run: Run,
  range: NatRange,
  manipulation: Manipulation,
): TargetResult {
  return resultOf(bindNat(kind, packet, run, range, manipulation));
}

function resultOf(effect: NatEffect | null): TargetResult {
  return effect === null ? { effect: { kind: 'count' }, control: CONTINUE } : { effect, control: ACCEPT };
}

function exactly(address: bigint): Pick<NatRange, 'address' | 'persistent'> {
  return { address: { first: address, last: address }, persistent: false };
}

function isRandom(target: Target): boolean {
  return targetOption(target, '--random') !== null || targetOption(target, '--random-fully') !== null;
}

/** `-j DNAT --to-destination 10.0.0.1:80` */
export const dnat: TargetCompiler = (target, context) =>
  translate(target, context, 'dnat', '--to-destination', readNatDestination, 'destination');

/** `-j SNAT --to-source 10.0.0.1:1024-65535` */
export const snat: TargetCompiler = (target, context) =>
  translate(target, context, 'snat', '--to-source', readNatSource, 'source');

/** `-j DNAT --to-destination 10.0.0.1:80` by the bare text; null for one that makes no sense. */
export function dnatTo(text: string, { family }: RuleContext): CompiledTarget | null {
  const wanted = valueIn(readNatDestination(text, family));
  if (wanted === null) return null;
  const range = { ...placesOf(wanted), random: false, persistent: false };
  return { act: (packet, run) => bind('dnat', packet, run, range, 'destination') };
}

function translate(
  target: Target,
  context: Parameters<TargetCompiler>[1],
  kind: NatKind,
  option: string,
  read: typeof readNatDestination,
  manipulation: Manipulation,
): ReturnType<TargetCompiler> {
  const wanted = valueIn(read(targetValue(target, option) ?? '', context.family));
  if (wanted === null) return notModelled(target, context);
  const range: NatRange = {
    ...placesOf(wanted),
    random: isRandom(target),
    persistent: targetOption(target, '--persistent') !== null,
  };
  return { act: (packet, run) => bind(kind, packet, run, range, manipulation) };
}

function placesOf({ addresses, ports, basePort }: WrittenRange): Pick<NatRange, 'address' | 'ports'> {
  return {
    address: addresses === null ? null : { first: addresses.from, last: addresses.to },
    ports: ports === null ? null : { first: ports.from, last: ports.to, base: basePort },
  };
}

function portsOf(target: Target): NatRange['ports'] {
  const text = targetValue(target, '--to-ports');
  const ports = text === null ? null : valueIn(readNatPorts(text));
  return ports === null ? null : { first: ports.from, last: ports.to, base: null };
}

/** `-j REDIRECT --to-ports 8080`: nf_nat_redirect.c. */
export const redirect: TargetCompiler = (target, context) => {
  const ports = portsOf(target);
  const random = isRandom(target);
  return {
    act: (packet, run, spot) => {
      const address = redirectAddress(run, packet, spot.hook);
      if (address === null) {
        const reason = `REDIRECT finds no address on ${packet.input ?? 'the interface'}`;
        return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
      }
      const range: NatRange = { ...exactly(address), ports, random };
      return bind('redirect', packet, run, range, 'destination');
    },
  };
};

/** `-j MASQUERADE --to-ports 1024-65535 --random-fully`: nf_nat_masquerade.c. */
export const masquerade: TargetCompiler = (target, context) => {
  const ports = portsOf(target);
  const random = isRandom(target);
  return {
    act: (packet, run) => {
      const done = masqueradePacket(packet, run, { ports, random, persistent: false });
      if (done.kind === 'translated') return resultOf(done.effect);
      if (done.kind === 'left') return { effect: { kind: 'count' }, control: ACCEPT };
      const reason = `MASQUERADE ${done.reason}`;
      return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
    },
  };
};

/** `-j NETMAP --to 10.244.2.0/24`: the host part stays. */
export const netmap: TargetCompiler = (target, context) => {
  const network = valueIn(readNetwork(targetValue(target, '--to') ?? '', context.family));
  if (network === null) return notModelled(target, context);
  return {
    act: (packet, run, spot) => {
      const manipulation = manipulationOf(spot.hook);
      const full = context.family === 4 ? 0xffffffffn : (1n << 128n) - 1n;
      const address = (packet[manipulation] & (network.mask ^ full)) | network.value;
      const range: NatRange = { ...exactly(address), ports: null, random: false };
      return bind('netmap', packet, run, range, manipulation);
    },
  };
};
