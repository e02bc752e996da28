import { expect, test } from 'vitest';
import { withoutPasswords } from '../../src/text/passwords.ts';

test.each([
  ['https://dev:secret@api.example:6443 refuses', 'https://dev:xxxxx@api.example:6443 refuses'],
  ['HTTP://dev:secret@[::1]/x', 'HTTP://dev:xxxxx@[::1]/x'],
  ['http://:secret@proxy', 'http://:xxxxx@proxy'],
  ['http://dev:a:b@c@proxy:1', 'http://dev:xxxxx@proxy:1'],
  ['socks5://a:b@one and http://c:d@two', 'socks5://a:xxxxx@one and http://c:xxxxx@two'],
  ['https://api.example:6443/a@b', 'https://api.example:6443/a@b'],
  ['https://dev@api.example', 'https://dev@api.example'],
  ['shop/web:http -> 10.0.0.1:80@x', 'shop/web:http -> 10.0.0.1:80@x'],
])('%s', (text, expected) => {
  expect(withoutPasswords(text)).toBe(expected);
});
