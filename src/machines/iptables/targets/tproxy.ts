import { readAddress } from '../../../values/networks.ts';
import { readMark } from '../../../values/marks.ts';
import { readPort } from '../../../values/ports.ts';
import { formatAddress } from '../../../values/address.ts';
import { transparentSocket, transparentSocketAsked } from '../../../kernel/sockets.ts';
import { valueIn } from '../matches/reading.ts';
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
      const asked = transparentSocketAsked(packet, run, given, port);
      const socket = asked === null ? null : transparentSocket(asked, run, placeName(context));
      if (asked === null || socket === null) {
        const reason = `no transparent socket listens on port ${asked?.port ?? port}`;
        return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
      }
      const was = packet.mark;
      packet.mark = ((was & ~mark.mask) ^ mark.value) >>> 0;
      packet.socket = socket;
      // What came over a bridge, where br_netfilter has called the rules, does not get there.
      if (packet.physicalInput !== null) {
        return { effect: { kind: 'mark', was, is: packet.mark }, control: ACCEPT };
      }
      const to = { address: socket.address ?? addressText(context.family, given), port: socket.port };
      return { effect: { kind: 'tproxy', to, was, is: packet.mark }, control: ACCEPT };
    },
  };
};

function addressText(family: 4 | 6, value: bigint): string {
  return formatAddress({ family, value });
}
