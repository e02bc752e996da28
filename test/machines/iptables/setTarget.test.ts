import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, engineOf, flow, labFiles, results, send } from '../../kernel/fixtures.ts';

const syn = flow('client > 192.168.0.2:22 tcp');
const again = flow('client > 192.168.0.2:22 tcp', { from: { port: 40001 } });

/** The verdict of a packet, the second of one client unless another is given. */
function second(sets: readonly string[], rules: readonly string[], packet: Flow = again): string {
  const files = { ...labFiles, 'ipset-save.txt': sets.join('\n') };
  return send(dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) }), { ...packet, after: [syn] }, files)
    .verdict;
}

describe('what a SET target did is known', () => {
  const ban = ['-m set --match-set ban src -j DROP', '-j SET --add-set ban src'];

  test('to the next packet', () => {
    expect(second(['create ban hash:ip family inet'], ban)).toBe('drop');
  });

  test('but a full set takes nothing more', () => {
    expect(second(['create ban hash:ip family inet maxelem 1', 'add ban 10.0.0.1'], ban)).toBe('local');
  });

  test('with the longest prefix that a set of networks has', () => {
    const other = flow('client > 192.168.0.2:22 tcp', { from: { address: '198.0.0.1' } });
    const sets = ['create ban hash:net family inet', 'add ban 10.0.0.0/8'];
    expect(second(sets, ban, other)).toBe('drop');
    expect(second(sets.slice(0, 1), ban, other)).toBe('local');
  });

  test('to later rules of the same packet', () => {
    const rules = ['-j SET --del-set ok src', '-m set ! --match-set ok src -j DROP'];
    expect(second(['create ok hash:ip family inet', 'add ok 198.51.100.7'], rules)).toBe('drop');
  });

  test('by protocol and port', () => {
    const rules = ['-m set --match-set seen src,dst -j DROP', '-j SET --add-set seen src,dst'];
    const sets = ['create seen hash:ip,port family inet'];
    expect(second(sets, rules)).toBe('drop');
    expect(second(sets, rules, flow('client > 192.168.0.2:23 tcp'))).toBe('local');
  });

  test('and leaves a nomatch, unless it may replace it', () => {
    const sets = ['create ban hash:net family inet', 'add ban 198.51.100.7 nomatch'];
    expect(second(sets, ban)).toBe('local');
    expect(second(sets, [...ban.slice(0, 1), '-j SET --add-set ban src --exist'])).toBe('drop');
  });

  test('in the first of a list of sets that takes it', () => {
    const sets = [
      'create a hash:ip family inet6',
      'create b hash:ip family inet',
      'create l list:set',
      'add l a',
      'add l b',
    ];
    const rules = ['-m set --match-set b src -j DROP', '-j SET --add-set l src'];
    expect(second(sets, rules)).toBe('drop');
  });
});

describe('a mark that a set gives', () => {
  const sets = ['create marks hash:net family inet skbinfo', 'add marks 198.51.100.0/24 skbmark 0x2/0x3'];
  const files = { ...labFiles, 'ipset-save.txt': sets.join('\n') };
  const rules = dump({ mangle: ['-A PREROUTING -j SET --map-set marks src --map-mark'] });

  test('changes the bits of its mask', () => {
    expect(send(rules, { ...syn, mark: 0x11 }, files).mark).toBe(0x12);
  });

  test('is an open question where the set is not known', () => {
    const verdicts = results(engineOf(rules).trace(syn), syn).map(({ verdict }) => verdict);
    expect(verdicts.toSorted()).toEqual(['local', 'unknown']);
  });
});

describe('of a set that is not known', () => {
  test('it is presumed, and said, that it holds what a rule has added', () => {
    const rules = dump({
      filter: ['-A INPUT -j SET --add-set ban src', '-A INPUT -m set --match-set ban src -j DROP'],
    });
    const trace = engineOf(rules).trace(syn);
    expect(trace.outcomes.map(({ verdict }) => verdict)).toEqual(['drop']);
    expect(trace.assumptions.map(({ code }) => code)).toContain('ipset-changed');
  });
});

/** The packet in a frame of the machine whose address ends so. */
function mac(last: string, packet: Flow): Flow {
  return { ...packet, sourceMac: `02:00:00:00:00:${last}` };
}

describe('a set of hardware addresses', () => {
  const sets = ['create own bitmap:ip,mac range 198.51.100.0/24', 'add own 198.51.100.7'];
  const rules = ['-m set ! --match-set own src,src -j DROP'];

  test('learns the first that it sees', () => {
    const files = { ...labFiles, 'ipset-save.txt': sets.join('\n') };
    const text = dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) });
    const verdict = (last: string): string =>
      send(text, { ...mac(last, again), after: [mac('aa', syn)] }, files).verdict;
    expect(verdict('aa')).toBe('local');
    expect(verdict('ab')).toBe('drop');
  });

  test('learns one that nobody knows', () => {
    const files = { ...labFiles, 'ipset-save.txt': sets.join('\n') };
    const text = dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) });
    const { sourceMac: _, ...bare } = syn;
    const later = { ...mac('aa', again), after: [bare] };
    const { outcomes } = engineOf(text, files).trace(later);
    expect(new Set(outcomes.map(({ verdict }) => verdict))).toEqual(new Set(['local', 'drop']));
    // The same frame has the same address, whatever it is.
    const twice = dump({ filter: [...rules, ...rules].map((rule) => `-A INPUT ${rule}`) });
    expect(send(twice, bare, files).verdict).toBe('local');
  });

  test('knows the node’s own on the other side', () => {
    const own = ['create own bitmap:ip,mac range 192.168.0.0/24', 'add own 192.168.0.2,02:00:00:00:00:02'];
    expect(second(own, ['-m set ! --match-set own dst,dst -j DROP'])).toBe('local');
  });
});
