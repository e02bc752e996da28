import { expect, it } from 'vitest';
import { proxyFromEnvironment } from '../../../src/cluster/adapters/proxies.ts';

const proxy = 'http://proxy:3128';

it.each([
  ['https://api.example:6443', { HTTPS_PROXY: proxy }, proxy],
  ['https://api.example:6443', { https_proxy: 'proxy:3128' }, proxy],
  ['https://api.example:6443', { HTTP_PROXY: proxy }, null],
  ['http://api.example', { HTTP_PROXY: proxy }, proxy],
  ['https://api.example', {}, null],
  ['https://localhost:6443', { HTTPS_PROXY: proxy }, null],
  ['https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, null],
  ['https://[::1]:6443', { HTTPS_PROXY: proxy }, null],
  ['https://api.example', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, null],
  ['https://api.example', { HTTPS_PROXY: proxy, NO_PROXY: 'example' }, null],
  ['https://api.example', { HTTPS_PROXY: proxy, NO_PROXY: '.example, other' }, null],
  ['https://example', { HTTPS_PROXY: proxy, NO_PROXY: '.example' }, proxy],
  ['https://notexample', { HTTPS_PROXY: proxy, NO_PROXY: 'example' }, proxy],
  ['https://api.example:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example:6443' }, null],
  ['https://api.example:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example:443' }, proxy],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, null],
  ['https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.4,11.0.0.0/8' }, proxy],
  ['https://[fd00::1]:6443', { HTTPS_PROXY: proxy, no_proxy: 'fd00::/8' }, null],
  ['https://[fd00::1]:6443', { HTTPS_PROXY: proxy, no_proxy: 'fd00::/999' }, proxy],
])('%s with %j is asked through %s', (server, env, expected) => {
  expect(proxyFromEnvironment(server, env)).toBe(expected);
});
