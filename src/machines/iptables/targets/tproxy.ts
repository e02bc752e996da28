import { readAddress } from '../../../values/networks.ts';
import { readMark } from '../../../values/marks.ts';
import { readPort } from '../../../values/ports.ts';
import { formatAddress } from '../../../values/address.ts';
import { question } from '../../../kernel/answers.ts';
import type { Listener } from '../../../kernel/flow.ts';
import { type Packet, TCP, UDP } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { type SocketAsked, socketFor } from '../../../kernel/sockets.ts';
import { valueIn } from '../matches/reading.ts';
import type { RuleContext } from '../matches/match.ts';
import { ACCEPT, endBy, placeName, type TargetCompiler, targetValue } from './target.ts';
import { notModelled } from './verdicts.ts';

/**
 * `-j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff`: xt_TPROXY.c. A transparent socket there gets the
 * packet as it is, with the mark; without one the packet is dropped.
 */
export const tproxy: TargetCompiler = (target, context) => {
  const port = valueIn(readPort(targetValue(target, '--on-port') ?? '0'));
  const ip = targetValue(target, '--on-ip');
  const given = ip === null ? 0n : (valueIn(readAddress(ip, context.family))?.value ?? null);
  const mark = valueIn(readMark(targetValue(target, '--tproxy-mark') ?? '0/0'));
  if (port === null || given === null || mark === null) return notModelled(target, context);
  return {
    act: (packet, run) => {
      const asked = askedOf(packet, run, given, port);
      const socket = asked === null ? null : transparentSocket(asked, run, context);
      if (asked === null || socket === null) {
        const reason = `no transparent socket listens on port ${asked?.port ?? port}`;
        return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
      }
      const was = packet.mark;
      packet.mark = ((was & ~mark.mask) ^ mark.value) >>> 0;
      // What came over a bridge, where br_netfilter has called the rules, loses its socket when IP itself takes it (ip_rcv_core).
      if (packet.physicalInput !== null) {
        return { effect: { kind: 'mark', was, is: packet.mark }, control: ACCEPT };
      }
      packet.socket = socket;
      const to = { address: socket.address ?? addressText(context.family, given), port: socket.port };
      return { effect: { kind: 'tproxy', to, was, is: packet.mark }, control: ACCEPT };
    },
  };
};

function askedOf(packet: Packet, run: Run, given: bigint, port: number): SocketAsked | null {
  const own = port === 0 ? packet.destinationPort : port;
  if ((packet.protocol !== TCP && packet.protocol !== UDP) || typeof own !== 'number') return null;
  const address = given === 0n ? addressOfInput(packet, run) : given;
  return { family: packet.family, protocol: packet.protocol === TCP ? 'tcp' : 'udp', address, port: own };
}

/** nf_tproxy_laddr4: the first address of the interface that it came in by, else where the packet goes. Null where it is not known. */
function addressOfInput({ input, family, destination }: Packet, run: Run): bigint | null {
  if (typeof input !== 'string' || run.node.interfaces === null) return null;
  const first = run.node.interfaces
    .get(input)
    ?.addresses.find(
      ({ address, secondary, flags }) =>
        address.family === family &&
        !secondary &&
        !flags.includes('tentative') &&
        !flags.includes('deprecated'),
    );
  return first?.address.value ?? destination;
}

function transparentSocket(asked: SocketAsked, run: Run, context: RuleContext): Listener | null {
  const socket = socketFor(run, asked);
  if (socket !== undefined) return socket?.transparent === true ? socket : null;
  const claim = `a transparent socket listens on port ${asked.port}`;
  const listens = run.ask(
    question(
      `tproxy:${placeName(context)}`,
      'listener-unknown',
      `Whether ${claim} is not known; without one the kernel drops what TPROXY gets.`,
      claim,
    ),
  );
  return listens ? { protocol: asked.protocol, address: null, port: asked.port, transparent: true } : null;
}

function addressText(family: 4 | 6, value: bigint): string {
  return formatAddress({ family, value });
}
