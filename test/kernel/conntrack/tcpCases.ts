/** Every TCP segment in every state of a connection, and what the kernel was seen to make of it. */
import { readFileSync } from 'node:fs';
import type { TcpFlag } from '../../../src/kernel/flow.ts';
import { type TcpState, tcpStates } from '../../../src/kernel/conntrack/connection.ts';
import type { Direction } from '../../../src/kernel/conntrack/zone.ts';

export interface TcpCase {
  /** `LAST_ACK, answered: SYN of the client` */
  readonly name: string;
  /** `NONE`: there is no connection. */
  readonly state: TcpState;
  readonly seenReply: boolean;
  readonly direction: Direction;
  readonly flags: readonly TcpFlag[];
}

const segments: readonly (readonly TcpFlag[])[] = [['SYN'], ['SYN', 'ACK'], ['FIN', 'ACK'], ['ACK'], ['RST']];

export const tcpCases: readonly TcpCase[] = tcpStates.flatMap((state) =>
  (state === 'NONE' ? [false] : [false, true]).flatMap((seenReply) =>
    (state === 'NONE' ? (['original'] as const) : (['original', 'reply'] as const)).flatMap((direction) =>
      segments.map((flags) => ({
        name: `${state}${seenReply ? ', answered' : ''}: ${flags.join('+')} of the ${direction === 'original' ? 'client' : 'server'}`,
        state,
        seenReply,
        direction,
        flags,
      })),
    ),
  ),
);

/** `LAST_ACK: SYN of the client: LAST_ACK`: recorded by test/realKernel/tcpStates.test.ts on Linux 6.18. */
export const recordedTcp: readonly string[] = readFileSync(new URL('tcpStates.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
