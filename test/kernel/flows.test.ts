import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatEndpoint } from '../../src/kernel/endpoint.ts';
import { flowResult, readFlow } from '../../src/kernel/flows.ts';
import { dump, engineOf, flow } from './fixtures.ts';

const line = {
  id: 'f1',
  family: 4,
  from: { kind: 'pod', address: '10.244.1.5', port: 40000, interface: 'cni0' },
  to: { address: '10.96.0.10', port: 53 },
  protocol: 'udp',
};

describe('a flow', () => {
  test('is read with all its fields, answers left out', () => {
    const reading = readFlow({
      ...line,
      note: 'x',
      tries: 3,
      outcomes: [],
      state: 'new',
      mark: 1,
      packet: { ttl: 3, tcpFlags: ['SYN'], l2: 'bridged', ack: 1001, quote: { ...line, family: undefined } },
      after: [{ ...line, family: undefined }],
    });
    expect(reading).toEqual({
      kind: 'flow',
      flow: {
        ...line,
        state: 'new',
        mark: 1,
        packet: { ttl: 3, tcpFlags: ['SYN'], l2: 'bridged', quote: line },
        after: [line],
      },
    });
  });

  test('says whose frame it is in, and what its node has', () => {
    const told = {
      sourceMac: '02:00:00:00:00:AA',
      listeners: [
        { protocol: 'tcp', address: '0.0.0.0', port: 15006, transparent: true },
        { protocol: 'udp', address: null, port: 53, transparent: false },
      ],
      queues: [0, 3],
      clock: { utc: '2026-11-29T13:50:00Z', minutesWest: -60 },
    };
    const reading = readFlow({ ...line, ...told });
    expect(reading).toEqual({ kind: 'flow', flow: { ...line, ...told, sourceMac: '02:00:00:00:00:aa' } });
  });

  test.each([
    [{ sourceMac: '02:00' }, 'sourceMac: must be like 02:00:00:00:01:05'],
    [{ listeners: {} }, 'listeners: must be a list'],
    [{ listeners: [{ port: 80 }] }, 'listeners.protocol: must be tcp or udp'],
    [{ listeners: [{ protocol: 'tcp' }] }, 'listeners.port: is missing'],
    [
      { listeners: [{ protocol: 'tcp', port: 1, address: 'x' }] },
      'listeners.address: must be an IP address, or null for any',
    ],
    [{ queues: [70000] }, 'queues: must be a whole number from 0 to 65535'],
    [{ clock: { utc: 'noon' } }, 'clock.utc: must be like 2026-11-29T13:50:00Z'],
    [
      { clock: { utc: '2026-11-29T13:50Z', minutesWest: 5000 } },
      'clock.minutesWest: must be a number of minutes',
    ],
  ])('is refused with %j', (more, message) => {
    expect(readFlow({ ...line, ...more })).toEqual({ kind: 'error', message });
  });

  test('takes its family from the destination', () => {
    const reading = readFlow({
      ...line,
      family: undefined,
      from: { ...line.from, address: 'fd00::5' },
      to: { address: 'fd00::1', port: 53 },
    });
    expect(reading.kind === 'flow' && reading.flow.family).toBe(6);
  });

  test.each([
    [7, 'a flow: must be an object'],
    [{ ...line, to: undefined }, 'to: is missing'],
    [{ ...line, to: { address: 'x', port: 53 } }, 'to.address: “x” is not an IP address'],
    [{ ...line, to: { address: 'fd00::1', port: 53 } }, 'to.address: “fd00::1” is not an IPv4 address'],
    [{ ...line, to: { address: '10.96.0.10' } }, 'to.port: is missing'],
    [
      { ...line, to: { address: '10.96.0.10', port: 70000 } },
      'to.port: must be a whole number from 0 to 65535',
    ],
    [
      { ...line, from: { kind: 'cat', address: '10.0.0.1' } },
      'from.kind: must be one of pod, external, node',
    ],
    [{ ...line, from: { kind: 'pod' } }, 'from.address: is missing'],
    [{ ...line, protocol: 'cow' }, 'protocol: “cow” is not known'],
    [{ ...line, family: 5 }, 'family: must be 4 or 6'],
    [{ ...line, state: 'old' }, 'state: must be one of new, established, related, invalid, untracked'],
    [
      { ...line, packet: { tcpFlags: ['SIN'] } },
      'packet.tcpFlags: must be one of FIN, SYN, RST, PSH, ACK, URG, ECE, CWR',
    ],
    [{ ...line, after: [{ ...line, protocol: 1.5 }] }, 'after[0].protocol: “1.5” is not known'],
    [{ ...line, mark: -1 }, 'mark: must be a whole number from 0 to 4294967295'],
  ])('%j is refused', (value, message) => {
    expect(readFlow(value)).toEqual({ kind: 'error', message });
  });

  test('is read or refused, never thrown at, whatever it is', () => {
    const engine = engineOf(dump({ nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.1'] }));
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (from, to, packet) => {
        const reading = readFlow({
          ...line,
          from: { ...line.from, port: from },
          to: { ...line.to, port: to },
          packet,
        });
        if (reading.kind === 'flow') expect(engine.trace(reading.flow).outcomes.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a result', () => {
  test('is the object of the command line', () => {
    const rules = dump({
      nat: [
        '-A PREROUTING -p tcp -j DNAT --to-destination 10.244.1.9:80',
        '-A POSTROUTING -j MASQUERADE --random-fully',
      ],
      filter: ['-A FORWARD -j MARK --set-xmark 0x4000/0x4000'],
    });
    const packet = { ...flow('client > 10.96.0.10:80 tcp'), id: 'x' };
    expect(flowResult(packet, engineOf(rules).trace(packet))).toEqual({
      id: 'x',
      outcomes: [
        {
          verdict: 'forward',
          probability: 1,
          source: '10.244.1.1:*',
          destination: '10.244.1.9:80',
          interface: 'cni0',
          masqueraded: true,
          mark: 0x4000,
          by: null,
          reason: null,
          rejectWith: null,
          path: ['nat/PREROUTING/0', 'filter/FORWARD/0', 'nat/POSTROUTING/0'],
          policies: ['filter/FORWARD'],
        },
      ],
      assumptions: [{ code: 'new-connection', message: expect.any(String) }],
    });
  });

  test.each([
    [{ address: '10.0.0.1', port: 80 }, '10.0.0.1:80'],
    [{ address: 'fd00::1', port: 80 }, '[fd00::1]:80'],
    [{ address: 'fd00::1', port: null }, 'fd00::1'],
    [{ address: '10.0.0.1', port: '*' }, '10.0.0.1:*'],
  ] as const)('%j is written %s', (endpoint, text) => {
    expect(formatEndpoint(endpoint)).toBe(text);
  });
});
