/** What the kernel makes of the calls of several rule languages: tried with a machine of a few lines beside iptables. */
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/kernel/engine.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import type { RuleMachine } from '../../src/kernel/hookCall.ts';
import type { Outcome } from '../../src/kernel/trace.ts';
import { iptablesMachine } from '../../src/machines/iptables/machine.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import { parseAddress } from '../../src/values/address.ts';
import { dump, flow, labFiles, nodeOf, sequence } from './fixtures.ts';
import { type TestChain, testMachine } from './testMachine.ts';

const node = nodeOf(labFiles);
const none = dump({ raw: [], mangle: [], nat: [], filter: [], security: [] });

function iptables(rules: string): RuleMachine {
  return iptablesMachine(parseRuleset(rules), 4, node);
}

function outcome(machines: readonly RuleMachine[], packet: Flow): Outcome {
  const { outcomes } = createEngine(machines, 4, node).trace(packet);
  const [only] = outcomes;
  if (only === undefined || outcomes.length !== 1) throw new Error(`${outcomes.length} outcomes`);
  return only;
}

/** `filter`, `conntrack`, `test c`: what a packet meets at a hook, in order. */
function met(of: Outcome, hook: string): readonly string[] {
  return of.steps.flatMap((step) => {
    if (step.kind === 'conntrack' && hook === 'PREROUTING') return ['conntrack'];
    if (step.kind !== 'hook' || step.hook !== hook) return [];
    return [step.source === 'test' ? `test ${step.table}` : step.table];
  });
}

const pass = (name: string, at: string): TestChain => ({ name, at, action: { kind: 'pass' } });

const withSecurity = (backend: 'nf_tables' | 'legacy'): RuleMachine =>
  iptables(dump({ nat: ['-A INPUT -j SNAT --to-source 10.9.9.9'], filter: [], security: [] }, {}, backend));

const marking = (at: string): RuleMachine =>
  testMachine([{ name: 'mark', at, action: { kind: 'mark', mark: 7 } }]);

const translating = (name: string, at: string, text: string): TestChain => ({
  name,
  at,
  action: { kind: 'translate', address: parseAddress(text)?.value ?? 0n },
});

const destination = (machines: readonly RuleMachine[]): string | undefined =>
  outcome(machines, pod).destination?.address;

const natAt = (priority: number): RuleMachine =>
  testMachine([translating('nat', `PREROUTING ${priority} nat`, '10.244.1.8')]);

const pod = flow('pod > 198.51.100.9:80 tcp');
const client = flow('client > 192.168.0.2:80 tcp');
const tracked = dump({
  raw: [],
  mangle: [],
  nat: ['-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE'],
  filter: ['-A FORWARD -m conntrack --ctstate INVALID -j DROP'],
  security: [],
});

describe('the order of calls', () => {
  test('is that of their priorities, conntrack at -200 and nat at -100 and 100 among them', () => {
    const machine = testMachine([
      pass('e', 'PREROUTING 300'),
      pass('a', 'PREROUTING -400'),
      pass('b', 'PREROUTING -250'),
      pass('c', 'PREROUTING -199'),
      pass('d', 'PREROUTING -99'),
    ]);
    expect(met(outcome([iptables(tracked), machine], pod), 'PREROUTING')).toEqual([
      'test a',
      'raw',
      'test b',
      'conntrack',
      'test c',
      'mangle',
      'nat',
      'test d',
      'test e',
    ]);
  });

  test('of equal priorities is the last registered first', () => {
    const machine = testMachine([pass('a', 'FORWARD 0'), pass('b', 'FORWARD 0'), pass('c', 'FORWARD -150')]);
    const last = outcome([iptables(none), machine], pod);
    expect(met(last, 'FORWARD')).toEqual(['test c', 'mangle', 'test b', 'test a', 'filter', 'security']);
    const first = outcome([machine, iptables(none)], pod);
    expect(met(first, 'FORWARD')).toEqual(['mangle', 'test c', 'filter', 'test b', 'test a', 'security']);
  });

  test('at conntrack’s own priority has conntrack first, which a rule registers behind its chain', () => {
    const machine = testMachine([pass('a', 'PREROUTING -200')]);
    expect(met(outcome([iptables(tracked), machine], pod), 'PREROUTING').slice(0, 3)).toEqual([
      'raw',
      'conntrack',
      'test a',
    ]);
  });

  test('in INPUT has security before nat for the legacy backend, behind it for nf_tables', () => {
    const between = testMachine([pass('a', 'INPUT 60')]);
    expect(met(outcome([withSecurity('legacy'), between], client), 'INPUT')).toEqual([
      'filter',
      'security',
      'test a',
      'nat',
    ]);
    expect(met(outcome([withSecurity('nf_tables'), between], client), 'INPUT')).toEqual([
      'filter',
      'test a',
      'nat',
      'security',
    ]);
  });
});

describe('what a call does', () => {
  test('ends the packet, by its own name', () => {
    const machine = testMachine([{ name: 'wall', at: 'FORWARD 5', action: { kind: 'drop' } }]);
    const dropped = outcome([iptables(none), machine], pod);
    expect([dropped.verdict, dropped.by]).toEqual(['drop', 'wall/base/0']);
    expect(met(dropped, 'FORWARD')).toEqual(['mangle', 'filter', 'test wall']);
    expect(dropped.steps.at(-1)).toMatchObject({
      kind: 'rule',
      at: { source: 'test', table: 'wall', chain: 'base', index: 0 },
      effect: { kind: 'drop' },
    });
  });

  test('is seen by the rules of others behind it, and not before', () => {
    const rules = dump({ filter: ['-A FORWARD -m mark --mark 7 -j DROP'] });
    expect(outcome([iptables(rules), marking('FORWARD -1')], pod).by).toBe('filter/FORWARD/0');
    expect(outcome([iptables(rules), marking('FORWARD 1')], pod).verdict).toBe('forward');
  });

  test('routes again in OUTPUT only where it is of type route and changed something', () => {
    const files = {
      ...labFiles,
      'ip-rule.json':
        '[{"priority":0,"src":"all","table":"local"},{"priority":100,"src":"all","fwmark":"0x7","table":"pods"},{"priority":101,"src":"all","tos":"0x10","table":"pods"},{"priority":32766,"src":"all","table":"main"},{"priority":32767,"src":"all","table":"default"}]',
      'ip-route.json': (labFiles['ip-route.json'] ?? '').replace(
        '[',
        '[{"dst":"default","dev":"cni0","flags":[],"table":"pods","scope":"link"},',
      ),
    };
    const marked = nodeOf(files);
    /** Where the packet leaves, and how often it was routed. */
    const leaves = (at: string, action: TestChain['action']): readonly unknown[] => {
      const { outcomes } = createEngine([testMachine([{ name: 'change', at, action }])], 4, marked).trace(
        flow('node > 198.51.100.9:80 tcp'),
      );
      const routed = outcomes[0]?.steps.filter((step) => step.kind === 'routing');
      return [outcomes[0]?.interface, routed?.length];
    };
    const mark = { kind: 'mark', mark: 7 } as const;
    expect(leaves('OUTPUT 20 route', mark)).toEqual(['cni0', 2]);
    expect(leaves('OUTPUT 20 route', { kind: 'tos', tos: 0x10 })).toEqual(['cni0', 2]);
    expect(leaves('OUTPUT 20 route', { kind: 'mark', mark: 0 })).toEqual(['eth0', 1]);
    expect(leaves('OUTPUT 20 filter', mark)).toEqual(['eth0', 1]);
    expect(leaves('POSTROUTING 20 route', mark)).toEqual(['eth0', 1]);
  });

  test('may depend on what the run has seen before', () => {
    const machine = testMachine([{ name: 'quota', at: 'FORWARD 5', action: { kind: 'quota', packets: 2 } }]);
    const both = testMachine([{ name: 'again', at: 'FORWARD 6', action: { kind: 'quota', packets: 99 } }]);
    const { joint } = createEngine([machine, both], 4, node).traceSequence(sequence(pod, pod));
    // Each packet is counted twice, in one place for all machines: 1, 2, and 3 is over two.
    expect(joint).toEqual([{ results: ['forward 198.51.100.9:80', 'drop'], probability: 1 }]);
  });
});

describe('nat of two machines', () => {
  const dnat = iptables(
    dump({ nat: ['-A PREROUTING -d 198.51.100.9/32 -j DNAT --to-destination 10.244.1.9'] }),
  );

  test('is asked in the order of the chains’ own priorities, until one has translated', () => {
    expect(destination([dnat, natAt(-101)])).toBe('10.244.1.8');
    expect(destination([dnat, natAt(-99)])).toBe('10.244.1.9');
    expect(destination([dnat, natAt(-100)])).toBe('10.244.1.8');
    expect(destination([natAt(-100), dnat])).toBe('10.244.1.9');
    expect(met(outcome([dnat, natAt(-101)], pod), 'PREROUTING')).toEqual(['conntrack', 'test nat']);
  });

  test('runs at -100 and 100, whatever the priorities of its chains', () => {
    const machine = testMachine([
      translating('nat', 'PREROUTING 500 nat', '10.244.1.8'),
      pass('before', 'PREROUTING -120'),
      pass('behind', 'PREROUTING -50'),
    ]);
    const of = outcome([iptables(tracked), machine], pod);
    expect(met(of, 'PREROUTING')).toEqual([
      'raw',
      'conntrack',
      'mangle',
      'test before',
      'nat',
      'test nat',
      'test behind',
    ]);
    expect(of.destination?.address).toBe('10.244.1.8');
  });

  test('goes on to the next chain where one only lets pass', () => {
    const machine = testMachine([pass('idle', 'PREROUTING -200 nat')]);
    const of = outcome([dnat, machine], pod);
    expect(met(of, 'PREROUTING')).toEqual(['conntrack', 'test idle', 'nat']);
    expect(of.destination?.address).toBe('10.244.1.9');
  });

  test('is not asked while no rule of the family needs conntrack', () => {
    const machine = testMachine([translating('nat', 'PREROUTING -100 nat', '10.244.1.8')]);
    expect(destination([machine])).toBe('198.51.100.9');
    const tracking = testMachine([translating('nat', 'PREROUTING -100 nat', '10.244.1.8')], { tracks: true });
    expect(destination([tracking])).toBe('10.244.1.8');
  });
});

test('machines of another family have no part', () => {
  const other = testMachine([{ name: 'wall', at: 'FORWARD 5', action: { kind: 'drop' } }], {
    family: 6,
    tracks: true,
  });
  const of = outcome([other], pod);
  expect(of.verdict).toBe('forward');
  expect(
    createEngine([other], 4, node)
      .trace(pod)
      .assumptions.map(({ code }) => code),
  ).toContain('no-rules');
});
