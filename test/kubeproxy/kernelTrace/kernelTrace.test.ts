import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Analysis, analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { LaidStep } from '../../../src/kubeproxy/kernelTrace/laid.ts';
import { readKernelTrace } from '../../../src/kubeproxy/kernelTrace/readKernelTrace.ts';
import { type TracedAlike, tracedAlike } from '../../../src/kubeproxy/kernelTrace/tracedAlike.ts';
import { packetWords } from '../../../src/kubeproxy/kernelTrace/traceForm.ts';

function recorded(name: string): string {
  return readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
}

function analysisOf(rules: string): Analysis {
  return analysisOfFiles(new Map([['iptables-save.txt', rules]]));
}

function traced(text: string, analysis: Analysis): readonly TracedAlike[] {
  return readKernelTrace(text).flatMap((each) => tracedAlike(each, analysis) ?? []);
}

function words({ event, index, end, verdict }: LaidStep): string {
  const at = end === null ? (index === null ? '?' : String(index + 1)) : `${end} ${verdict ?? ''}`.trim();
  return `${event.table} ${event.chain} ${at}`;
}

describe.each(['xtables-monitor.txt', 'nft-monitor-trace.txt'])('%s', (name) => {
  const packets = traced(recorded(name), analysisOf(recorded('iptables-save.txt')));

  test('every line is laid over its rule', () => {
    expect(packets[0]?.steps.map(words)).toEqual([
      'raw OUTPUT 1',
      'raw OUTPUT policy ACCEPT',
      'nat OUTPUT 1',
      'nat KSVC 1',
      'raw PREROUTING 1',
      'raw PREROUTING policy ACCEPT',
      'filter INPUT 1',
      'filter FOO 2',
      'filter INPUT policy ACCEPT',
    ]);
  });

  test('the kernel went as our own trace says', () => {
    expect(packets).toHaveLength(3);
    expect(packets.map(({ comparison }) => comparison)).toEqual(
      packets.map(() => expect.objectContaining({ differsAt: null, notLogged: [] })),
    );
  });
});

const RULES = [
  '*raw',
  ':PREROUTING ACCEPT [0:0]',
  '-A PREROUTING -j TRACE',
  'COMMIT',
  '*nat',
  ':PREROUTING ACCEPT [0:0]',
  ':KUBE-SERVICES - [0:0]',
  ':KUBE-SVC-X - [0:0]',
  '-A PREROUTING -j KUBE-SERVICES',
  '-A KUBE-SERVICES -d 10.96.0.9/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-X',
  '-A KUBE-SVC-X -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080',
  'COMMIT',
  '*filter',
  ':FORWARD DROP [0:0]',
  ':LOOK - [0:0]',
  '-A FORWARD -j LOOK',
  '-A FORWARD -d 10.244.1.5/32 -j ACCEPT',
  '-A LOOK -p udp -j DROP',
  'COMMIT',
].join('\n');

const PACKET =
  'SRC=203.0.113.9 DST=%d LEN=60 TOS=0x00 PREC=0x00 TTL=61 ID=771 DF PROTO=TCP SPT=50000 DPT=%p SEQ=1 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0';

/** A line of the log as journalctl shows it. */
function line(point: string, to = '10.96.0.9:80', ways = 'IN=eth0 OUT='): string {
  const [address = '', port = ''] = to.split(':');
  const packet = PACKET.replace('%d', address).replace('%p', port);
  return `Nov 30 02:00:00 node-1 kernel: TRACE: ${point} ${ways} MAC= ${packet}`;
}

const BEGINS = [
  line('raw:PREROUTING:policy:2'),
  line('nat:PREROUTING:rule:1'),
  line('nat:KUBE-SERVICES:rule:1'),
];
const ENDPOINT = '10.244.1.5:8080';
const WAY = 'IN=eth0 OUT=cni0';

describe('lines of the TRACE target', () => {
  const analysis = analysisOf(RULES);
  const only = (lines: readonly string[]): TracedAlike => {
    const [packet, ...more] = traced(lines.join('\n'), analysis);
    if (packet === undefined || more.length > 0) throw new Error('not one packet');
    return packet;
  };

  test('a packet is one, although rules change its addresses', () => {
    const { packet, steps, comparison } = only([
      ...BEGINS,
      line('nat:KUBE-SVC-X:rule:1'),
      line('filter:FORWARD:rule:1', ENDPOINT, WAY),
      line('filter:LOOK:return:2', ENDPOINT, WAY),
      line('filter:FORWARD:rule:2', ENDPOINT, WAY),
    ]);
    expect(packetWords(packet)).toBe('203.0.113.9:50000 → 10.96.0.9:80 TCP SYN, in by eth0');
    expect(steps.map(words)).toEqual([
      'raw PREROUTING policy ACCEPT',
      'nat PREROUTING 1',
      'nat KUBE-SERVICES 1',
      'nat KUBE-SVC-X 1',
      'filter FORWARD 1',
      'filter LOOK return',
      'filter FORWARD 2',
    ]);
    expect(comparison).toMatchObject({ differsAt: null, notLogged: [] });
  });

  test('the first line that is not on our way is named', () => {
    const { comparison } = only([
      ...BEGINS,
      line('nat:KUBE-SVC-X:rule:1'),
      line('filter:FORWARD:rule:1', ENDPOINT, WAY),
      line('filter:LOOK:rule:1', ENDPOINT, WAY),
    ]);
    expect(comparison).toMatchObject({ differsAt: 5 });
  });

  test('rules of ours without a line are told, the end of the chain is told by its number', () => {
    const { comparison, steps } = only([...BEGINS, line('filter:FORWARD:policy:3', ENDPOINT, WAY)]);
    expect(steps.at(-1)).toMatchObject({ end: 'policy', verdict: 'DROP' });
    expect(comparison).toMatchObject({ differsAt: 3 });
    const gap = only([...BEGINS, line('filter:FORWARD:rule:2', ENDPOINT, WAY)]);
    expect(gap.comparison?.notLogged.map(({ chain, index }) => `${chain} ${index + 1}`)).toEqual([
      'KUBE-SVC-X 1',
      'FORWARD 1',
    ]);
  });

  test('an unconditional ACCEPT of a base chain is logged as "policy", with the number of the rule', () => {
    const own = analysisOf('*filter\n:INPUT DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n');
    const [packet] = traced(line('filter:INPUT:policy:1', '10.0.0.1:80'), own);
    expect(packet?.steps.map(words)).toEqual(['filter INPUT 1']);
  });

  test.each([
    ['raw:OUTPUT:policy:1', 'these rules have no such chain in table raw'],
    ['nat:KUBE-SVC-X:rule:9', 'these rules have 1 there, so that they are of another moment'],
    ['filter:FORWARD:policy:7', 'the kernel had 6 rules there, these have 2'],
  ])('%s: %s', (point, why) => {
    expect(only([line(point)]).steps[0]?.why).toBe(why);
  });
});

test('any lines: nothing throws', () => {
  const lines = [
    ...recorded('xtables-monitor.txt').split('\n'),
    ...recorded('nft-monitor-trace.txt').split('\n'),
    ...BEGINS,
  ];
  const analysis = analysisOf(RULES);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 12 }), (each) => {
      traced(each.join('\n'), analysis);
    }),
    { numRuns: 50 },
  );
});
