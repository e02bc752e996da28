import { ACK_BIT, FIN_BIT, RST_BIT, SYN_BIT } from '../../../kernel/conntrack/tcp.ts';
import { TCP } from '../../../kernel/packet.ts';
import { CONTINUE, endBy, type TargetCompiler } from './target.ts';

/**
 * `-j SYNPROXY --sack-perm --mss 1460`: ipt_SYNPROXY.c. It answers an opening itself, and of an ACK it makes an opening of
 * its own, or throws it away; neither packet goes on.
 */
export const synproxy: TargetCompiler = (_, context) => ({
  act: ({ protocol, tcpFlags }) => {
    const kind = tcpFlags & (SYN_BIT | ACK_BIT | FIN_BIT | RST_BIT);
    if (protocol !== TCP || (kind !== SYN_BIT && kind !== ACK_BIT)) {
      return { effect: { kind: 'count' }, control: CONTINUE };
    }
    const reason =
      kind === SYN_BIT
        ? 'SYNPROXY answers the opening itself, in the server’s place'
        : 'SYNPROXY takes the client’s ACK and opens the connection to the server itself, if the ACK is right';
    return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
  },
});
