import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import { answeredOf } from '../../../src/kubeproxy/captures/answered.ts';
import type { CapturedPacket } from '../../../src/kubeproxy/captures/captured.ts';
import { laidBeside } from '../../../src/kubeproxy/captures/laidBeside.ts';
import { packetLines } from '../../../src/kubeproxy/captures/packetLines.ts';
import { capturedIn } from '../../../src/kubeproxy/captures/pcap.ts';
import { contentsOf } from '../../../src/kubeproxy/facts/contents.ts';
import { finish } from '../../../src/values/steps.ts';
import { factFilesOf } from '../../../src/kubeproxy/facts/factFiles.ts';

function recorded(name: string): Uint8Array {
  return readFileSync(new URL(`recorded/${name}`, import.meta.url));
}

function text(name: string): string {
  return new TextDecoder().decode(recorded(name));
}

const analysis = analysisOfFiles(
  new Map([
    ...factFilesOf([contentsOf(text('facts.txt'))]),
    ['iptables-save.txt', text('iptables-save.txt')],
  ]),
);

const lines = packetLines(text('tcpdump.txt'));

describe('what a capture says of connections', () => {
  test.each([
    ['lines of tcpdump -nni any', lines],
    ['a file of the same', capturedIn(recorded('any.pcap')) ?? []],
  ])('%s', (_, packets) => {
    const { connections, others } = finish(laidBeside(packets, analysis));
    expect(others).toBe(0);
    const [first, second] = connections;
    expect(first?.packets.slice(0, 4).map(({ stage }) => stage)).toEqual([
      'request-before',
      'request-after',
      'reply-before',
      'reply-after',
    ]);
    expect(first && answeredOf(first)).toEqual({
      kind: 'answered',
      words: ['Answered.', 'Our own trace: forwarded to 10.244.1.5:8080.'],
    });
    expect(second && answeredOf(second)).toEqual({
      kind: 'unanswered',
      words: [
        'Never answered: sent 4 times in 3.1 s.',
        'It was not seen behind the rules of this node.',
        'Our own trace: dropped by rule 1 of filter FORWARD.',
      ],
    });
  });

  test('of one interface alone: no direction is told', () => {
    const { connections } = finish(laidBeside(capturedIn(recorded('eth0.pcap')) ?? [], analysis));
    expect(connections.map((each) => answeredOf(each).kind)).toEqual(['answered', 'unanswered']);
  });
});

/** What lines and files both tell. */
function plain({ packet, direction }: CapturedPacket): object {
  const { family, source, destination, sourcePort, destinationPort, protocol, flags } = packet;
  const ends = { source, destination, sourcePort, destinationPort };
  return { family, ...ends, protocol, flags: flags.toSorted(), direction };
}

describe('the packets of a file are those of the lines', () => {
  test('SLL2', () => {
    expect(capturedIn(recorded('any.pcap'))?.map(plain)).toEqual(lines.map(plain));
  });

  test.each(['e', 'v', 'ev'])('of tcpdump -%s, which is told by its lines', (options) => {
    const written = text(`tcpdump-${options}.txt`);
    expect(contentsOf(written).parts.map(({ kind }) => kind)).toEqual(['packets']);
    expect(packetLines(written).map(plain)).toEqual(capturedIn(recorded('eth0.pcap'))?.map(plain));
  });

  test('Ethernet, and pcapng with the name of the interface', () => {
    const file = recorded('eth0.pcap');
    const onEth0 = lines.filter(({ packet }) => [packet.input, packet.output].includes('eth0')).map(plain);
    const withoutWay = onEth0.map((each) => ({ ...each, direction: null }));
    expect(capturedIn(file)?.map(plain)).toEqual(withoutWay);
    const next = capturedIn(pcapng(file, 'eth0'));
    expect(next?.map(plain)).toEqual(withoutWay);
    expect(next?.[0]?.packet.input).toBe('eth0');
  });
});

test.each([
  ['12:00:01.5 IP6 fd00::1.5000 > fd00::2.80: Flags [S], seq 1', '6 fd00::1 5000 fd00::2 80 tcp SYN'],
  [
    '12:00:01.5 IP 10.0.0.1.5000 > 10.96.0.9.http-alt: Flags [S], seq 1',
    '4 10.0.0.1 5000 10.96.0.9 8080 tcp SYN',
  ],
  ['12:00:01.5 IP6 fd00::1.5000 > fd00::a.domain: 7+ A? a.b. (30)', '6 fd00::1 5000 fd00::a 53 udp '],
  ['12:00:01.5 IP 10.0.0.1.5353 > 10.96.0.10.53: 7+ A? a.b. (30)', '4 10.0.0.1 5353 10.96.0.10 53 udp '],
  [
    '12:00:01.5 eth0 In  IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64',
    '4 10.0.0.1  10.0.0.2  icmp ',
  ],
  [
    '2026-11-30 12:00:01.5 IP (tos 0x0, ttl 61, proto TCP (6))\n    10.0.0.1.5 > 10.0.0.2.80: Flags [S.], cksum',
    '4 10.0.0.1 5 10.0.0.2 80 tcp SYN,ACK',
  ],
  [
    '[30061.511781] corp-fw drop: IN= OUT=lo SRC=10.9.0.1 DST=10.9.0.2 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=50899 DF PROTO=TCP SPT=38964 DPT=81 WINDOW=65495 RES=0x00 SYN URGP=0 ',
    '4 10.9.0.1 38964 10.9.0.2 81 tcp SYN',
  ],
  [
    'Dec  2 05:50:01 node-1 kernel: [30061.514296] [UFW BLOCK] IN=eth0 OUT= MAC=02:42:c0:a8:00:02:02:42:c0:a8:00:03:08:00 SRC=10.9.0.1 DST=10.9.0.2 LEN=30 TOS=0x00 PREC=0x00 TTL=64 ID=62315 DF PROTO=UDP SPT=57351 DPT=53 LEN=10 ',
    '4 10.9.0.1 57351 10.9.0.2 53 udp ',
  ],
  [
    'droppedIN=eth0 OUT=cni0 PHYSIN=port0 MAC=02:42:c0 SRC=fd00:0010:0244:0001:0000:0000:0000:0005 DST=fd00:0010:0244:0002:0000:0000:0000:0005 LEN=80 TC=0 HOPLIMIT=63 FLOWLBL=1 PROTO=TCP SPT=5 DPT=80 WINDOW=1 RES=0x00 SYN URGP=0',
    '6 fd00:0010:0244:0001:0000:0000:0000:0005 5 fd00:0010:0244:0002:0000:0000:0000:0005 80 tcp SYN',
  ],
])('%s', (line, told) => {
  const [found] = packetLines(line);
  const { family, source, sourcePort, destination, destinationPort, protocol, flags } = found?.packet ?? {};
  expect([family, source, sourcePort, destination, destinationPort, protocol, flags].join(' ')).toBe(told);
});

function logged(port: number, flags: string): string {
  return `[30061.51178${port}] drop: IN=eth0 OUT= SRC=192.168.0.9 DST=10.244.1.5 LEN=60 TOS=0x00 TTL=64 ID=5 DF PROTO=TCP SPT=4000${port} DPT=8080 WINDOW=1 RES=0x00 ${flags} URGP=0\n`;
}

test('what a rule has logged: nothing is said of answers', () => {
  const log = logged(1, 'SYN') + logged(1, 'SYN') + logged(2, 'ACK');
  expect(contentsOf(log).parts.map(({ kind }) => kind)).toEqual(['packets']);
  const { connections, others } = finish(laidBeside(packetLines(log), analysis));
  expect(others).toBe(1);
  expect(connections.map(answeredOf)).toMatchObject([
    {
      kind: 'logged',
      words: [
        'A rule has logged it; that does not tell whether it was answered.',
        expect.stringMatching(/^Our own trace: /u),
      ],
    },
  ]);
});

test.each([
  '[1.000001] TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= SRC=10.9.0.1 DST=10.9.0.2 LEN=60 PROTO=TCP SPT=1 DPT=2 SYN',
  '12:00:01.5 IP client.example.5000 > 10.96.0.9.http: Flags [S], seq 1',
  '12:00:01.5 IP 10.0.0.1.5000 > 10.96.0.9.no-such-port: Flags [S], seq 1',
  '12:00:01.5 IP 10.0.0.1.70000 > 10.96.0.9.80: Flags [S], seq 1',
  '12:00:01.5 IP 10.0.0.300.5000 > 10.96.0.9.80: Flags [S], seq 1',
])('no ends that are known: %s', (line) => {
  expect(packetLines(line)).toEqual([]);
});

test('any bytes and any lines: nothing throws', () => {
  const files = ['any.pcap', 'eth0.pcap'].map(recorded);
  const bytes = fc.constantFrom(...files, pcapng(files[1] ?? new Uint8Array(), 'x'));
  fc.assert(
    fc.property(
      bytes,
      fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 20 }),
      fc.nat(2000),
      (file, edits, cut) => {
        const broken = Uint8Array.from(file);
        for (const [at, value] of edits) broken[at % broken.length] = value;
        capturedIn(broken.subarray(0, cut));
        capturedIn(broken);
      },
    ),
  );
  fc.assert(fc.property(fc.string(), (each) => void packetLines(each)));
});

/** A capture file of Ethernet as pcapng, little-endian, one interface with a name. */
function pcapng(file: Uint8Array, name: string): Uint8Array {
  const source = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const words: number[] = [];
  const block = (type: number, body: readonly number[]): void => {
    const padded = [...body, ...Array.from({ length: (4 - (body.length % 4)) % 4 }, () => 0)];
    words.push(...u32(type), ...u32(padded.length + 12), ...padded, ...u32(padded.length + 12));
  };
  const bytesOfName = Array.from(name, (letter) => letter.charCodeAt(0));
  const padding = Array.from({ length: (4 - (name.length % 4)) % 4 }, () => 0);
  block(0x0a0d0d0a, [...u32(0x1a2b3c4d), 1, 0, 0, 0, ...u32(0xffffffff), ...u32(0xffffffff)]);
  block(1, [1, 0, 0, 0, ...u32(0), 2, 0, name.length, 0, ...bytesOfName, ...padding, 0, 0, 0, 0]);
  for (let at = 24; at + 16 <= file.length;) {
    const length = source.getUint32(at + 8, true);
    const packet = file.subarray(at + 16, at + 16 + length);
    block(6, [...u32(0), ...u32(0), ...u32(at), ...u32(length), ...u32(length), ...packet]);
    at += 16 + length;
  }
  return Uint8Array.from(words);
}

function u32(value: number): readonly number[] {
  return [0, 8, 16, 24].map((bits) => (value >>> bits) & 255);
}

describe('lines of tshark', () => {
  test.each([
    [
      '    1 0.000000000 192.0.2.99 \u2192 192.0.2.10 TCP 74 60606 \u2192 30080 [SYN] Seq=0 Win=64240 Len=0',
      {
        source: '192.0.2.99',
        destination: '192.0.2.10',
        protocol: 'tcp',
        sourcePort: 60606,
        destinationPort: 30080,
        flags: ['SYN'],
      },
    ],
    [
      '  2   1.020000 10.244.1.7 -> 10.96.12.3 TCP 74 [TCP Retransmission] 44120 > 80 [SYN, ECE] Seq=0',
      { sourcePort: 44120, destinationPort: 80, flags: ['SYN', 'ECE'] },
    ],
    [
      '3 0.1 fd00::1 \u2192 fd00::a ICMPv6 118 Echo (ping) request id=0x1',
      { family: 6, protocol: 'icmp', icmpType: 128 },
    ],
    [
      '4 0.2 10.0.0.1 \u2192 10.0.0.2 UDP 60 40000 \u2192 53 Len=18',
      { protocol: 'udp', destinationPort: 53, flags: [] },
    ],
  ])('%s', (line, seen) => {
    const [found, ...more] = packetLines(line);
    expect(found?.packet).toMatchObject(seen);
    expect(more).toEqual([]);
    expect(contentsOf(`$ tshark -nni any\n${line}\n`).parts.map(({ kind }) => kind)).toEqual(['packets']);
  });

  test.each([
    '    1 0.000000000  10.244.1.7 \u2192 10.96.0.10   DNS 76 Standard query 0x1234 A example.com',
    '    1 0.000000000 client.example \u2192 10.96.0.10 TCP 74 60606 \u2192 http [SYN]',
  ])('say no ports, or names: %s', (line) => {
    expect(packetLines(line)).toEqual([]);
  });

  test('and of tcpdump, quoted in a mail', () => {
    expect(
      packetLines('> 12:00:01.123456 IP 10.0.0.7.44120 > 10.0.0.3.80: Flags [S], seq 1, length 0'),
    ).toHaveLength(1);
  });
});
