import type { Target } from '../../../rules/iptables/nodes.ts';
import {
  type NatRange as WrittenRange,
  readNatDestination,
  readNatPorts,
  readNatSource,
} from '../../../rules/iptables/values/nat.ts';
import { type Address, type Family, formatAddress } from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import { endpointOfTuple } from '../../../kernel/endpoints.ts';
import type { RuleContext } from '../matches/match.ts';
import { valueIn } from '../matches/reading.ts';
import { manipulationOf } from '../../../kernel/nat/natHook.ts';
import { redirectAddress } from '../../../kernel/nat/redirect.ts';
import type { Manipulation, NatRange } from '../../../kernel/nat/range.ts';
import { setupNat } from '../../../kernel/nat/setup.ts';
import { likelyMasqueradeSource, masqueradeSource } from '../../../kernel/node/sourceAddress.ts';
import { addressOf, type Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import type { Effect, Endpoint } from '../../../kernel/trace.ts';
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
import { whyMissing } from '../../../kernel/node/whyMissing.ts';

type NatKind = Extract<Effect, { readonly was: Endpoint }>['kind'];

/** Binds the packet's connection; the translation itself is done at the end of the hook. */
function bind(
  kind: NatKind,
  packet: Packet,
  run: Run,
  range: NatRange,
  manipulation: Manipulation,
): TargetResult {
  const { connection, family } = packet;
  if (connection === null) return { effect: { kind: 'count' }, control: CONTINUE };
  const shown = (): Endpoint =>
    manipulation === 'source'
      ? endpointOfTuple(family, connection.reply, 'destination')
      : endpointOfTuple(family, connection.reply, 'source');
  const was = shown();
  setupNat(packet, connection, run, range, manipulation);
  if (manipulation === 'source' && range.address !== null) packet.sourceUnknown = false;
  return { effect: { kind, was, is: shown(), ...choiceOf(range, family) }, control: ACCEPT };
}

function choiceOf({ address }: NatRange, family: Family): { readonly among?: string } {
  if (address === null || address.first === address.last) return {};
  const [first, last] = [address.first, address.last].map((value) => formatAddress({ family, value }));
  return { among: `${first}-${last}` };
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
      // "Source address is 0.0.0.0 - locally generated packet that is probably not supposed to be masqueraded."
      // The function for IPv6 has no such check.
      if (packet.family === 4 && packet.connection?.original.source === 0n && !packet.sourceUnknown)
        return { effect: { kind: 'count' }, control: ACCEPT };
      packet.masqueraded = true;
      packet.sourceUnknown = false;
      const source = masqueradeAddress(packet, run);
      if (source === null && packet.sourceUnknown) return unknownSource(packet, run, { ports, random });
      if (source === null) {
        const reason = `MASQUERADE finds no address on ${packet.output ?? 'the interface'}`;
        return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
      }
      const range: NatRange = { ...exactly(source), ports, random };
      const result = bind('masquerade', packet, run, range, 'source');
      if (packet.connection !== null) packet.connection.masqueradedBy = packet.output ?? null;
      return result;
    },
  };
};

/** Null where there is none; `sourceUnknown` is then set when that is only not known. */
function masqueradeAddress(packet: Packet, run: Run): bigint | null {
  const { output } = packet;
  const { interfaces, glimpsed } = run.node;
  if ((interfaces === null && glimpsed === null) || typeof output !== 'string') {
    packet.sourceUnknown = true;
    return null;
  }
  const destination = addressOf(packet, 'destination');
  // Of IPv6 the kernel asks for the destination itself (nf_nat_masquerade_ipv6), of IPv4 for the next hop.
  const hop = packet.family === 4 ? (packet.gateway ?? destination) : destination;
  const near = hop.family === packet.family ? hop : destination;
  if (interfaces !== null) return masqueradeSource(run.node, output, near)?.value ?? null;
  return likelyAddress(packet, run, output, near);
}

/** Of a node whose addresses are known in part. */
function likelyAddress(packet: Packet, run: Run, output: string, nextHop: Address): bigint | null {
  const likely = output === 'lo' ? null : likelyMasqueradeSource(run.node, output, nextHop);
  if (likely === null) {
    packet.sourceUnknown = true;
    return null;
  }
  const text = formatAddress(likely.address);
  run.assume(
    `masquerade-source:${output}`,
    'masquerade-source-assumed',
    `The packet is taken to get ${text} as its source when it leaves by ${output}: ${likely.because}.`,
  );
  return likely.address.value;
}

/** The node's address is not known; what is known is that the source becomes it. */
function unknownSource(packet: Packet, run: Run, range: Pick<NatRange, 'ports' | 'random'>): TargetResult {
  run.assume(
    'masquerade-source',
    'masquerade-source-unknown',
    `The packet takes an address of the node as its source; which one is not known (${whyMissing(run.node, 'ip-addr.json', 'no ip-addr.json')}).`,
  );
  const result = bind('masquerade', packet, run, { ...range, address: null, persistent: false }, 'source');
  if (packet.connection !== null) packet.connection.sourceNat = true;
  if (result.effect.kind !== 'masquerade') return result;
  return { ...result, effect: { ...result.effect, is: { ...result.effect.is, address: '?' } } };
}

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
