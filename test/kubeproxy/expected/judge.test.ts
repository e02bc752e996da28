import { describe, expect, it } from 'vitest';
import { judging, unexpectedWords } from '../../../src/kubeproxy/expected/judge.ts';
import { formOfLine } from '../../../src/kubeproxy/expected/lineForm.ts';
import { readForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { finish } from '../../../src/values/steps.ts';
import { nodeOf } from '../journey/twoNodes.ts';

const analysis = nodeOf(1);

function judged(line: unknown) {
  const text = typeof line === 'string' ? line : JSON.stringify(line);
  return finish(judging(text, analysis, { assume: [], expect: null }));
}

const inWords = { from: 'pod:10.244.1.7:5000', to: 'default/web:http' };
const inFlow = {
  from: { kind: 'pod', address: '10.244.1.7', port: 5000 },
  to: { address: '10.96.12.3', port: 80 },
  protocol: 'tcp',
};

/** Packets sent after it. */
function following(...flows: readonly unknown[]) {
  return JSON.parse(`{ "then": ${JSON.stringify(flows)} }`);
}

describe('a line of flows', () => {
  it('means the same in words and as a flow', () => {
    const [words, flow] = [judged(inWords), judged(inFlow)];
    expect(words).toMatchObject({ kind: 'answer', held: null });
    expect(words.kind === 'answer' && words.result).toEqual(flow.kind === 'answer' && flow.result);
  });

  it('is held to what it expects, and told as the terminal tells a trace', () => {
    expect(unexpectedWords(judged({ ...inWords, expect: 'forward' }))).toBeNull();
    expect(unexpectedWords(judged({ ...inWords, expect: 'drop' }))).toBe(
      'Expected drop: 2 of 2 outcomes end otherwise (forward). Forwarded to one of 2 endpoints of default/web:http.',
    );
    expect(unexpectedWords(judged(inWords))).toBeNull();
  });

  it('that another node sends has no end that is known, though these rules would do something with it', () => {
    const line = { from: 'default/client', to: 'default/web:http', expect: 'forward' };
    const there = finish(judging(JSON.stringify(line), nodeOf(2), { assume: [], expect: null }));
    const message =
      'Not decided here: pod default/client on node-1 sends it, and the rules of node-1 take what goes to default/web:http first.';
    expect(there).toMatchObject({
      ends: ['unknown'],
      result: {
        outcomes: [{ verdict: 'forward' }, { verdict: 'forward' }],
        notDecidedHere: message,
      },
    });
    expect(unexpectedWords(there)).toBe(`Expected forward: it ends otherwise (unknown). ${message}`);
  });

  it.each([
    ['{"from": "pod:10.244.1.7", "to": ', null, /^This line is not JSON: /],
    [{ ...inWords, to: 'default/wbe' }, 'to', /^to: .*wbe/],
    [{ ...inWords, from: {} }, 'from', /^from: must be text/],
    [{ ...inWords, protocol: 'tpc' }, 'protocol', /^protocol: "tpc" is not a protocol/],
    [{ ...inWords, ...following() }, 'then', /^then: goes with ends that are objects/],
    [{ ...inWords, id: {} }, 'id', /^id: must be text or a number/],
    [{ ...inWords, expect: 'passes' }, 'expect', /^"expect" is none of forward/],
    [{ ...inWords, assume: ['ipset'] }, 'assume', /^assume: takes a list of CODE=yes/],
    [{ ...inFlow, protocol: undefined }, 'protocol', /^protocol: must be tcp/],
    [{ ...inFlow, to: { address: '10.96.12.3' } }, 'to', /^to\.port: is missing/],
    [{ ...inFlow, to: { address: 'fd00::1', port: 80 }, from: { kind: 'node' } }, 'family', /no IPv6 rules/],
    [[], null, /must be an object/],
  ])('%j is wrong in %s', (line, field, message) => {
    expect(judged(line)).toMatchObject({ kind: 'error', field, message: expect.stringMatching(message) });
  });

  it('of a sequence expects it of every packet', () => {
    const sequence = { ...inFlow, ...following(inFlow) };
    expect(unexpectedWords(judged({ ...sequence, expect: 'forward' }))).toBeNull();
    expect(unexpectedWords(judged({ ...sequence, expect: 'reject' }))).toMatch(
      /^Expected reject: \d+ of \d+ outcomes end otherwise \(forward\)\. forward 10\.244\./,
    );
  });
});

describe('the form of a line', () => {
  it.each([
    inWords,
    { ...inWords, mark: 7, state: 'established' },
    inFlow,
    { ...inFlow, mark: 16384, state: 'new', packet: { ttl: 9, tcpFlags: ['SYN', 'ACK'] } },
    { ...inFlow, packet: { tcpFlags: [] } },
    { ...inFlow, from: { kind: 'node', address: null, interface: null, uid: 7, gid: 8 } },
    { ...inFlow, from: { kind: 'external', address: '203.0.113.9', interface: 'eth0' } },
    {
      ...inFlow,
      protocol: 'icmp',
      from: { kind: 'pod', address: '10.244.1.7' },
      to: { address: '10.96.12.3' },
      packet: { icmpType: 3, icmpCode: 4 },
    },
  ])('says the same packet: %j', (line) => {
    const answer = judged(line);
    if (answer.kind === 'error') throw new Error(answer.message);
    const shown = formOfLine(JSON.stringify(line), answer.flow);
    if (shown.kind === 'none') throw new Error(shown.why);
    const reading = readForm(shown.form, analysis);
    expect(reading.kind === 'flow' && reading.flow).toEqual(answer.flow);
  });

  it.each([
    [{ ...inFlow, ...following(inFlow) }, 'then'],
    [{ ...inFlow, packet: { length: 100 } }, 'packet.length'],
    [{ ...inFlow, from: { ...inFlow.from, interface: null } }, 'from.interface'],
    [{ ...inFlow, listeners: [], queues: [] }, 'listeners, queues'],
  ])('of %j has no field for %s', (line, fields) => {
    const answer = judged(line);
    if (answer.kind === 'error') throw new Error(answer.message);
    expect(formOfLine(JSON.stringify(line), answer.flow)).toEqual({
      kind: 'none',
      why: `The trace form has no field for ${fields}, which this line says.`,
    });
  });
});
