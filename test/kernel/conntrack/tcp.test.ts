import { describe, expect, test } from 'vitest';
import { type Connection, newConnection, type Tuple } from '../../../src/kernel/conntrack/connection.ts';
import type { Direction } from '../../../src/kernel/conntrack/zone.ts';
import type { TcpFlag } from '../../../src/kernel/flow.ts';
import { advanceTcp, firstTcpState, isClosing, tcpFlagBits } from '../../../src/kernel/conntrack/tcp.ts';
import { recordedTcp, type TcpCase, tcpCases } from './tcpCases.ts';

const tuple: Tuple = {
  protocol: 6,
  source: 1n,
  sourcePort: 40000,
  destination: 2n,
  destinationPort: 80,
  icmp: null,
};

function connectionOf({ state, seenReply }: TcpCase): Connection {
  return {
    ...newConnection(tuple, tuple),
    confirmed: true,
    tcpState: state,
    closing: isClosing(state),
    seenReply,
  };
}

/** In the words of the record, where a new connection is not seen: its packet does not get out. */
function outcome(each: TcpCase): string {
  const flags = tcpFlagBits(each.flags);
  if (each.state === 'NONE') return firstTcpState(flags, true) === null ? 'INVALID' : 'gone';
  const connection = connectionOf(each);
  // conntrack -I says of an entry that a FIN has begun to close it.
  const verdict = advanceTcp(connection, each.direction, flags, () => true);
  if (verdict === 'invalid') return 'INVALID';
  if (verdict !== 'accept' && verdict !== 'uncounted') return 'gone';
  return `${connection.tcpState}${connection.assured ? ' assured' : ''}`;
}

describe('a TCP segment moves a connection on as Linux does', () => {
  test.each(tcpCases.map((each, index) => [recordedTcp[index] ?? each.name, each] as const))(
    '%s',
    (recorded, each) => {
      expect(`${each.name}: ${outcome(each)}`).toBe(recorded);
    },
  );
});

describe('the first segment of a connection', () => {
  test('may be an ACK only where conntrack picks up connections in their middle', () => {
    expect(firstTcpState(tcpFlagBits(['ACK']), true)).toBe('ESTABLISHED');
    expect(firstTcpState(tcpFlagBits(['ACK']), false)).toBeNull();
    expect(firstTcpState(tcpFlagBits(['SYN']), false)).toBe('SYN_SENT');
  });
});

const answered = (): Connection => ({
  ...newConnection(tuple, tuple),
  confirmed: true,
  tcpState: 'ESTABLISHED',
  seenReply: true,
});

const send = (connection: Connection, direction: Direction, ...flags: readonly TcpFlag[]): string =>
  advanceTcp(connection, direction, tcpFlagBits(flags), () => false);

describe('a SYN on a closed connection', () => {
  test('opens a new one where its side reset the old one, or a FIN had begun to close it', () => {
    const reset = answered();
    send(reset, 'original', 'RST');
    expect(send(reset, 'original', 'SYN')).toBe('new-connection');
    const finished = answered();
    send(finished, 'original', 'FIN', 'ACK');
    send(finished, 'reply', 'RST');
    expect(send(finished, 'original', 'SYN')).toBe('new-connection');
  });

  test('belongs to the old one where the other side reset that', () => {
    const reset = answered();
    send(reset, 'reply', 'RST');
    expect(send(reset, 'original', 'SYN')).toBe('uncounted');
    expect(reset.tcpState).toBe('CLOSE');
  });
});
