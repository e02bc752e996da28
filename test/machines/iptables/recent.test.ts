import { describe, expect, test } from 'vitest';
import type { Flow } from '../../../src/kernel/flow.ts';
import { dump, flow, send } from '../../kernel/fixtures.ts';

const syn = flow('client > 192.168.0.2:80 tcp');
const another = flow('client > 192.168.0.2:80 tcp', { from: { port: 40001 } });
/** The verdict of the second of two first packets of one client. */
const second = (...rules: readonly string[]): string =>
  send(dump({ filter: rules.map((rule) => `-A INPUT ${rule}`) }), { ...another, after: [syn] }).verdict;

describe('a list of recent clients', () => {
  test('is added to by ! --update where nobody was found', () => {
    const rules = ['-m recent ! --update --name N', '-m recent --rcheck --hitcount 2 --name N -j DROP'];
    expect(second(...rules, '-m recent --set --name N')).toBe('local');
  });

  test('is added to by --update where the address was found', () => {
    const rules = ['-m recent --update --name N', '-m recent --rcheck --hitcount 2 --name N -j DROP'];
    expect(second(...rules, '-m recent --set --name N')).toBe('drop');
  });

  test('never lets ! --set match, which adds all the same', () => {
    expect(second('-m recent --rcheck --name N -j DROP', '-m recent ! --set --name N -j DROP')).toBe('drop');
  });

  test('forgets what --remove takes off', () => {
    const rules = ['-m recent --rcheck --name N -j DROP', '-m recent --set --name N'];
    expect(second(...rules, '-m recent --remove --name N')).toBe('local');
  });

  test('has the mask of the first rule that names it', () => {
    const neighbour: Flow = { ...another, from: { ...another.from, address: '198.51.100.8' } };
    const rules = [
      '-A INPUT -m recent --rcheck --name N --mask 255.255.255.0 -j DROP',
      '-A INPUT -m recent --set --name N --mask 255.255.255.255',
    ];
    expect(send(dump({ filter: rules }), { ...neighbour, after: [syn] }).verdict).toBe('drop');
  });

  test('counts the TTL before forwarding', () => {
    const through = flow('client > 10.244.1.5:80 tcp');
    const rules = dump({
      mangle: ['-A PREROUTING -m recent --set --name N'],
      filter: ['-A FORWARD -m recent --rcheck --rttl --name N -j DROP'],
    });
    expect(send(rules, through).verdict).toBe('drop');
  });
});
