import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../src/kernel/engine.ts';
import type { Flow } from '../../../src/kernel/flow.ts';
import { iptablesMachine } from '../../../src/machines/iptables/machine.ts';
import { Program } from '../../../src/machines/iptables/program/program.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { dump, nodeOf } from '../../kernel/fixtures.ts';

const node = nodeOf({});

/** The words of a rule, in the order of the form; now and then words that are not of it, or mean something else. */
const words = fc.tuple(
  fc.constantFrom('', '', ' -s 10.244.1.5/32', ' ! -s 10.0.0.0/8', ' -s 10.0.0.0/33', ' -s 010.0.0.1/32'),
  fc.constantFrom('', '', ' -d 10.96.0.1/32', ' ! -d 10.96.0.1/32', ' -d 0.0.0.0/0', ' -d 10.96/16'),
  fc.constantFrom('', ' -p tcp', ' -p udp', ' ! -p tcp', ' -p all'),
  fc.constantFrom('', ' -m comment --comment "a/b:c cluster IP"', ' -m comment --comment "-j DROP"'),
  fc.constantFrom(
    '',
    '',
    ' -m recent --set --name LIST --mask 255.255.255.255 --rsource',
    ' -m recent --rcheck --seconds 9 --reap --name LIST --mask 255.255.255.255 --rsource',
    ' -m recent --rcheck --seconds 9 --name "LIST" --mask 255.255.255.0 --rsource',
  ),
  fc.constantFrom('', ' -m tcp', ' -m tcp --dport 80', ' -m udp --dport 70000', ' -m tcp --dport 80:90'),
  fc.constantFrom(
    '',
    '',
    ' -m statistic --mode random --probability 0.50000000000',
    ' -m statistic --mode random --probability 7.5',
    ' -m statistic --mode random --probability .',
  ),
  fc.constantFrom(
    ' -j OTHER',
    ' -g OTHER',
    ' -j DNAT --to-destination 10.244.1.9:8080',
    ' -g DNAT --to-destination 10.244.1.9:8080',
    ' -j DNAT --to-destination 10.244.1:8080',
    ' -j DNAT --to-destination :8080',
    ' -j DNAT',
    ' -j ACCEPT',
    ' -j MARK --set-xmark 0x4000/0x4000',
    ' -j NOWHERE',
    ' -j LOG',
    '',
  ),
);
const rules = (chain: string): fc.Arbitrary<readonly string[]> =>
  fc.array(
    words.map((all) => `-A ${chain}${all.join('')}`),
    { minLength: 1, maxLength: 8 },
  );

const packet: fc.Arbitrary<Flow> = fc
  .record({
    kind: fc.constantFrom('pod' as const, 'external' as const, 'node' as const),
    source: fc.constantFrom('10.244.1.5', '10.244.1.9', '192.168.0.9', null),
    protocol: fc.constantFrom('tcp', 'udp'),
    port: fc.constantFrom(80, 443),
  })
  .map(({ kind, source, protocol, port }) => ({
    family: 4,
    from: { kind, address: kind === 'node' ? source : (source ?? '10.244.1.7'), port: 40_000 },
    to: { address: '10.96.0.1', port },
    protocol,
  }));

function engineOfText(text: string): Engine {
  return createEngine([iptablesMachine(parseRuleset(text), 4, node)], 4, node);
}

describe('a rule of the form in which kube-proxy’s come', () => {
  test('means, and tells of itself, what its words read one by one do', () => {
    const chains = fc.tuple(rules('PREROUTING'), rules('OUTPUT'), rules('OTHER'), rules('DNAT'));
    fc.assert(
      fc.property(chains, fc.boolean(), packet, ([before, output, other, odd], isChain, one) => {
        const calls = ['-A PREROUTING -j OTHER', '-A OUTPUT -j OTHER'];
        const own = other.map((rule) => rule.replace(/ -[jg] OTHER/, ' -j RETURN'));
        // A chain may have the name of a target.
        const last = isChain ? odd.map((rule) => rule.replace(/ -[jg] .*/, '')) : [];
        const text = dump({ nat: [...before, ...output, ...calls, ...own, ...last] });
        // A tab keeps every place, and is not of the form.
        const read = engineOfText(text.replaceAll('-A ', '-A\t'));
        const options = { considered: true };
        expect(engineOfText(text).trace(one, options)).toEqual(read.trace(one, options));
      }),
      { numRuns: 120 },
    );
  });

  test.each([
    '-A PREROUTING ! -s 10.0.0.0/8 -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:c cluster IP" -m tcp --dport 80 -j KUBE-X',
    '-A PREROUTING -m comment --comment a/b -m statistic --mode random --probability 0.50000000000 -j KUBE-X',
    '-A PREROUTING -m recent --rcheck --seconds 10800 --reap --name KUBE-X --mask 255.255.255.255 --rsource -j KUBE-X',
    '-A PREROUTING -p udp -m recent --set --name KUBE-X --mask 255.255.255.255 --rsource -m udp -j DNAT --to-destination 10.244.1.5:53',
  ])('%s', (line) => {
    const text = dump({ nat: [line, '-A KUBE-X -j RETURN'] });
    const ruleset = parseRuleset(text);
    const program = new Program(ruleset, { source: 'iptables', family: 4, node, indexed: true });
    const rule = ruleset.tables[0]?.chains.get('PREROUTING')?.rules[0];
    const at = { source: 'iptables', table: 'nat', chain: 'PREROUTING', index: 0, span: rule } as const;
    expect(rule && program.forms.compile(ruleset.text, rule, { ...at, span: rule })).not.toBeNull();
  });
});
