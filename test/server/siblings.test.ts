import { expect, test } from 'vitest';
import { readSiblings, SiblingFiles } from '../../src/server/siblings.ts';

const uri = 'kube-proxy:/kind-dev/node-1/iptables-save';

function files(given: Readonly<Record<string, string>>) {
  const entries = Object.entries(given).map(([name, text]) => [name, { uri: `${uri}/../${name}`, text }]);
  return readSiblings({ files: Object.fromEntries(entries) });
}

test('of a folder that is asked for again what did not change stays the same value', async () => {
  const answers = [
    files({ 'ip6tables-save.txt': '*nat\nCOMMIT\n', 'snapshot.json': '{"node":"a"}' }),
    files({ 'ip6tables-save.txt': '*nat\nCOMMIT\n', 'snapshot.json': '{"node":"b"}' }),
    files({ 'ip6tables-save.txt': '*nat\nCOMMIT\n', 'snapshot.json': '{"node":"b"}' }),
    files({ 'ip6tables-save.txt': '*nat\nCOMMIT\n' }),
  ];
  const siblings = new SiblingFiles(async () => answers.shift() ?? new Map());
  const next = async () => {
    siblings.forget(uri);
    return siblings.of(uri);
  };
  const [first, second, third, last] = [await next(), await next(), await next(), await next()];
  expect(second).not.toBe(first);
  expect(second?.get('ip6tables-save.txt')).toBe(first?.get('ip6tables-save.txt'));
  expect(second?.get('snapshot.json')?.text).toBe('{"node":"b"}');
  expect(third).toBe(second);
  expect(last?.has('snapshot.json')).toBe(false);
});

test('a client that cannot answer means that nothing is known beside the rules', async () => {
  const siblings = new SiblingFiles(async () => Promise.reject(new Error('no')));
  expect((await siblings.of(uri)).size).toBe(0);
});
