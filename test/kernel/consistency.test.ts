/** What is not known is one thing: no outcome stands on answers that exclude each other. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import type { Decision, Trace } from '../../src/kernel/trace.ts';
import type { Hints } from '../../src/kernel/hints.ts';
import { dump, ending, engineOf, flow, results } from './fixtures.ts';

const outside: Flow = {
  family: 4,
  from: { kind: 'external', address: '198.51.100.7', port: 40000 },
  to: { address: '10.244.1.5', port: 80 },
  protocol: 'tcp',
};
const process: Flow = { ...outside, from: { kind: 'node', address: null, port: 40000 } };

function verdicts(trace: Trace): readonly string[] {
  return trace.outcomes.map(({ verdict, assuming }) =>
    [verdict, ...assuming.map(({ key, value }) => (value ? key : `not ${key}`))].join(' | '),
  );
}

describe('an interface that is not known', () => {
  test('is one interface: whoever comes in by docker0 does not come in by br-a', () => {
    const rules = dump({
      filter: [
        '-A FORWARD -i docker0 -j LOG',
        '-A FORWARD -i br-a -j DROP',
        '-A FORWARD ! -i br-a -j ACCEPT',
      ],
    });
    const decisive = verdicts(engineOf(rules, {}).trace(outside)).map((each) =>
      each.replace(/local:\S+/, 'local'),
    );
    expect(decisive).toEqual([
      'local | local',
      'forward | not local | input:docker0',
      'drop | not local | not input:docker0 | input:br-a',
      'forward | not local | not input:docker0 | not input:br-a',
    ]);
  });

  test('has the beginnings of its name', () => {
    const rules = dump({
      filter: [
        '-A FORWARD -o cali12 -j LOG',
        '-A FORWARD -o cali+ -j DROP',
        '-A FORWARD -o cali34 -j REJECT',
        '-A FORWARD -o ca+ -j ACCEPT',
      ],
    });
    const decisions = [{ key: 'local:10.244.1.5', value: false }];
    expect(verdicts(engineOf(rules, {}).trace(outside, { decisions }))).toEqual([
      'drop | not local:10.244.1.5 | output:cali12',
      'drop | not local:10.244.1.5 | not output:cali12 | output:cali+',
      'forward | not local:10.244.1.5 | not output:cali12 | not output:cali+ | output:ca+',
      'forward | not local:10.244.1.5 | not output:cali12 | not output:cali+ | not output:ca+',
    ]);
  });

  test('is not lo for a packet from elsewhere, and the outcome names the one that was assumed', () => {
    const rules = dump({ filter: ['-A FORWARD -i lo -j DROP', '-A FORWARD -o docker0 -j ACCEPT'] });
    const decisions = [{ key: 'local:10.244.1.5', value: false }];
    const outcomes = results(engineOf(rules, {}).trace(outside, { decisions }), outside);
    expect(outcomes.map(({ interface: name }) => name)).toEqual(['docker0', null]);
  });

  test('is lo for what the node sends to itself, and only then', () => {
    const rules = dump({
      filter: ['-A OUTPUT -o docker0 -j LOG', '-A OUTPUT -o lo -j ACCEPT', '-A OUTPUT -o l+ -j LOG'],
    });
    expect(verdicts(engineOf(rules, {}).trace(process))).toEqual([
      'forward | departure:docker0',
      'local | not departure:docker0 | local:10.244.1.5',
      'forward | not departure:docker0 | not local:10.244.1.5 | departure:l+',
      'forward | not departure:docker0 | not local:10.244.1.5 | not departure:l+',
    ]);
  });

  test('may be another one behind a DNAT in OUTPUT', () => {
    const rules = dump({
      nat: [
        '-A OUTPUT -o eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.9.9.9:80',
        '-A POSTROUTING -o eth0 -j LOG',
        '-A POSTROUTING -o cni0 -j LOG',
      ],
    });
    const keys = engineOf(rules, {})
      .trace(process)
      .outcomes.map(({ assuming }) => assuming.map(({ key, value }) => (value ? key : `! ${key}`)).join(' '));
    expect(keys).toContain('departure:eth0 ! output:eth0 output:cni0');
  });

  test('is as the caller decides it, whichever rule asks first', () => {
    const rules = dump({ filter: ['-A FORWARD -i br-a -j DROP', '-A FORWARD -i docker0 -j ACCEPT'] });
    const decisions = [
      { key: 'local:10.244.1.5', value: false },
      { key: 'input:docker0', value: true },
      { key: 'input:br-a', value: true },
    ];
    const trace = engineOf(rules, {}).trace(outside, { decisions });
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['forward']);
    expect(contradictions(trace)).toEqual([]);
  });
});

describe('other things that are not known', () => {
  test('a packet may come in by a bridge, and who came in by one of its ports did', () => {
    const rules = dump({
      filter: [
        '-A FORWARD -m physdev --physdev-in veth1 -j DROP',
        '-A FORWARD -m physdev ! --physdev-is-in -j REJECT',
        '-A FORWARD -m physdev ! --physdev-in veth1 -j ACCEPT',
      ],
    });
    const decisions = [{ key: 'local:10.244.1.5', value: false }];
    expect(verdicts(engineOf(rules, {}).trace(outside, { decisions }))).toEqual([
      'drop | not local:10.244.1.5 | physicalInput:veth1',
      'forward | not local:10.244.1.5 | not physicalInput:veth1 | bridge:input',
      'reject | not local:10.244.1.5 | not physicalInput:veth1 | not bridge:input',
    ]);
  });

  test('an address has one type', () => {
    const rules = dump({
      filter: [
        '-A FORWARD -m addrtype --src-type LOCAL -j LOG',
        '-A FORWARD -m addrtype --src-type BROADCAST -j LOG',
        '-A FORWARD -m addrtype --src-type UNICAST -j DROP',
        '-A FORWARD -m addrtype --src-type BLACKHOLE -j REJECT',
      ],
    });
    const decisions = [{ key: 'local:10.244.1.5', value: false }];
    const outcomes = engineOf(rules, {}).trace(outside, { decisions }).outcomes;
    // What comes in has no address of the node's own as its source: the kernel would drop it.
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['forward', 'drop']);
  });

  test('a process runs as one user', () => {
    const rules = dump({
      filter: [
        '-A OUTPUT -m owner --uid-owner 0 -j LOG',
        '-A OUTPUT -m owner --uid-owner 1000 -j DROP',
        '-A OUTPUT -m owner --uid-owner 0-999 -j ACCEPT',
        '-A OUTPUT -m owner --uid-owner 0-4294967294 -j REJECT',
      ],
    });
    const decisions = [{ key: 'local:10.244.1.5', value: false }];
    expect(
      verdicts(engineOf(rules, {}).trace(process, { decisions })).map((each) => each.split(' | ')[0]),
    ).toEqual(['forward', 'drop', 'forward', 'reject']);
  });

  test('a source that was taken to lie outside of a network lies outside of its parts, too', () => {
    const rules = dump({ filter: ['-A OUTPUT -s 10.0.0.0/8 -j LOG', '-A OUTPUT -s 10.1.0.0/16 -j DROP'] });
    const trace = engineOf(rules, {}).trace(process, {
      decisions: [{ key: 'local:10.244.1.5', value: false }],
    });
    expect(trace.assumptions.filter(({ code }) => code === 'source-unknown')).toHaveLength(1);
    const inside = [
      { key: 'local:10.244.1.5', value: false },
      { key: 'source:10.1.0.0/16', value: true },
    ];
    expect(
      engineOf(rules, {})
        .trace(process, { decisions: inside })
        .outcomes.map(({ verdict }) => verdict),
    ).toEqual(['drop']);
  });

  test('hints answer what no file does, and the caller may deny them', () => {
    const packet = flow('client > 10.96.0.10:80 tcp', { from: outside.from });
    const rules = dump({ filter: ['-A INPUT -j DROP'] });
    const engine = engineOf(rules, {});
    const hints: Hints = {
      addressHint: () => ({ type: 'UNICAST', because: 'it is a test' }),
      interfaceHint: () => null,
      isPodNetwork: () => false,
      targetHint: () => null,
    };
    const trace = engine.trace(packet, { hints });
    expect(results(trace, packet).map(ending)).toEqual(['forward 198.51.100.7:40000 > 10.96.0.10:80 null']);
    expect(trace.assumptions.find(({ key }) => key === 'local:10.96.0.10')).toMatchObject({
      branched: false,
      message: '10.96.0.10 is taken not to be an address of this node: it is a test.',
    });
    const denied = engine.trace(packet, { hints, decisions: [{ key: 'local:10.96.0.10', value: true }] });
    expect(denied.outcomes.map(({ verdict }) => verdict)).toEqual(['drop']);
  });
});

/** What could be so, small enough to try it all: some value of each variable has to fit every decision of an outcome. */
const names = ['lo', 'eth0', 'eth9', 'enp1', 'cali1', 'cali1x', 'cali2', 'docker0', 'zzz'];
const users = [0, 3, 5, 999, 1000, 2000, 5000];

function fits(key: string, value: string): boolean {
  const text = key.slice(key.lastIndexOf(':') + 1);
  if (key.startsWith('owner:')) {
    const [from = 0, to = from] = text.split('-').map(Number);
    return Number(value) >= from && Number(value) <= to;
  }
  return text.endsWith('+') ? value.startsWith(text.slice(0, -1)) : value === text;
}

function variableOf(key: string): string {
  return key.slice(0, key.lastIndexOf(':'));
}

function contradictions({ outcomes }: Trace): readonly string[] {
  return outcomes.flatMap(({ assuming }) => {
    const groups = new Map<string, Decision[]>();
    for (const each of assuming) {
      if (!/^(input|output|departure|owner)/.test(each.key)) continue;
      groups.set(variableOf(each.key), [...(groups.get(variableOf(each.key)) ?? []), each]);
    }
    return [...groups].flatMap(([variable, decisions]) => {
      const domain = variable.startsWith('owner') ? users.map(String) : names;
      const possible = domain.filter((value) =>
        decisions.every(({ key, value: is }) => fits(key, value) === is),
      );
      return possible.length === 0 ? [JSON.stringify(decisions)] : [];
    });
  });
}

const pattern = fc.constantFrom('lo', 'eth0', 'eth+', 'cali+', 'cali1', 'cali1+', 'docker0', 'e+');
const not = fc.constantFrom('', '! ');
const condition = fc.oneof(
  fc.tuple(not, fc.constantFrom('-i', '-o'), pattern).map(([no, option, name]) => `${no}${option} ${name}`),
  fc
    .tuple(not, fc.constantFrom('0', '0-999', '1000', '5-2000'))
    .map(([no, ids]) => `-m owner ${no}--uid-owner ${ids}`),
  fc
    .tuple(not, fc.constantFrom('--src-type', '--dst-type'), fc.constantFrom('LOCAL', 'UNICAST', 'BROADCAST'))
    .map(([no, option, type]) => `-m addrtype ${no}${option} ${type}`),
);
const target = fc.constantFrom('LOG', 'LOG', 'ACCEPT', 'DROP', 'RETURN');
const rule = fc
  .tuple(fc.array(condition, { minLength: 1, maxLength: 2 }), target)
  .map(([conditions, name]) => `${conditions.join(' ')} -j ${name}`);

/** `-i` and `-o` only where iptables takes them. */
function rulesOf(chain: string, rules: readonly string[]): readonly string[] {
  const refused = { INPUT: '-o ', OUTPUT: '-i ', FORWARD: '-m owner' }[chain] ?? '';
  return rules.filter((each) => !each.includes(refused)).map((each) => `-A ${chain} ${each}`);
}

test('in no outcome do contradictory decisions stand together', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { maxLength: 6 }),
      fc.array(rule, { maxLength: 6 }),
      fc.array(fc.tuple(fc.constantFrom('input', 'output', 'departure'), pattern, fc.boolean()), {
        maxLength: 3,
      }),
      fc.constantFrom(outside, process),
      (first, second, decided, packet) => {
        const rules = dump({
          mangle: [...rulesOf('FORWARD', first), ...rulesOf('OUTPUT', first)],
          filter: ['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => rulesOf(chain, second)),
        });
        const decisions = decided.map(([variable, name, value]) => ({ key: `${variable}:${name}`, value }));
        const trace = engineOf(rules, {}).trace(packet, { decisions });
        expect(contradictions(trace)).toEqual([]);
        expect(trace.outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      },
    ),
    { numRuns: 300 },
  );
});
