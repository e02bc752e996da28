/** A routes file of the table main alone (`ip -j route`): the node's addresses stay the node's. */
import { describe, expect, test } from 'vitest';
import type { Node, Route } from '../../../src/kernel/node/node.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import { addressType, routeInput, routeOutput } from '../../../src/kernel/node/routing.ts';
import { NO_TRAFFIC, type Traffic } from '../../../src/kernel/node/traffic.ts';
import { formatAddress, parseAddress, type Address } from '../../../src/values/address.ts';
import { recordedFiles } from './recordedNode.ts';

const parsed = (text: string | undefined): readonly { readonly table?: string }[] => JSON.parse(text ?? '[]');

function withoutLocal(without: readonly string[] = []): Node {
  const files = new Map(recordedFiles());
  for (const name of ['ip-route.json', 'ip6-route.json'] as const) {
    files.set(name, JSON.stringify(parsed(files.get(name)).filter(({ table }) => table !== 'local')));
  }
  for (const name of without) if (name === 'ip-addr.json') files.delete(name);
  return readNode(files);
}

const localOf = (routes: readonly Route[] | null): readonly string[] =>
  (routes ?? [])
    .filter(({ table, protocol }) => table === 'local' && protocol === 'kernel')
    .map(({ type, destination, prefixLength, interface: name }) => {
      const text = formatAddress({ family: destination.family, value: destination.value });
      return `${type} ${text}/${prefixLength} ${name}`;
    })
    .toSorted();

function address(text: string): Address {
  const read = parseAddress(text);
  if (read === null) throw new Error(text);
  return read;
}

describe('where the table local is not listed', () => {
  test.each([4, 6] as const)('it is what the kernel makes of the addresses (IPv%i)', (family) => {
    const whole = localOf(readNode(recordedFiles()).routes[family]);
    const made = withoutLocal();
    expect([...new Set(localOf(made.routes[family]))]).toEqual([...new Set(whole)]);
    expect(made.localTable[family]).toBe('addresses');
    expect(readNode(recordedFiles()).localTable[family]).toBe('routes');
  });

  test('every answer says so', () => {
    const query = { source: address('8.8.8.8'), destination: address('10.1.0.1'), mark: 0, tos: 0 };
    const answer = routeInput(withoutLocal(), 4, { ...query, inputInterface: 'eth0' });
    expect(answer).toMatchObject({ kind: 'local' });
    expect(answer.assuming.join()).toContain('ip-route.json lacks the table local');
  });

  test('and neither are the addresses, only those are known that routes prefer as sources', () => {
    const node = withoutLocal(['ip-addr.json']);
    expect(addressType(node, address('127.0.0.9'))).toBe('LOCAL');
    expect(addressType(node, address('10.1.0.1'))).toBe('LOCAL');
    expect(addressType(node, address('10.1.0.77'))).toBeNull();
    expect(addressType(node, address('::1'))).toBe('LOCAL');
    expect(addressType(node, address('fd00:1::77'))).toBeNull();
  });

  test('and neither are the addresses, who can answers whether a destination is the node’s', () => {
    const asked: string[] = [];
    const way = (isOwn: boolean | null): string => {
      const ask: Traffic['ask'] = (selector) => {
        if (selector.kind === 'own') asked.push(formatAddress(selector.address));
        return isOwn;
      };
      const query = {
        source: null,
        destination: address('10.1.0.77'),
        outputInterface: null,
        mark: 0,
        tos: 0,
      };
      const traffic = { ...NO_TRAFFIC, ask };
      const answer = routeOutput(withoutLocal(['ip-addr.json']), 4, { ...query, traffic });
      return answer.kind === 'send' ? `${answer.type} ${answer.interface}` : answer.kind;
    };
    expect([way(true), way(false), way(null)]).toEqual(['LOCAL lo', 'UNICAST eth0', 'unknown']);
    expect(new Set(asked)).toEqual(new Set(['10.1.0.77']));
  });
});
