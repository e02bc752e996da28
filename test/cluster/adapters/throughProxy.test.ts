import { connect as connectSocket, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answering, ask, listening, start, version, webToken } from '../support/answering.ts';
import { failureOf } from '../support/failureOf.ts';
import { portOf, sendJson, tlsFile } from '../support/fakeApiServer.ts';
import { reach } from '../support/kubeconfigs.ts';

/** A proxy for CONNECT: how it answers, or a way through, for every name to this machine. */
async function proxy(answer: string | null): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head) => {
      const [, target = ''] = /^CONNECT (\S+)/.exec(head.toString()) ?? [];
      asked.push(target);
      if (answer !== null) {
        socket.end(`HTTP/1.1 ${answer}\r\n\r\n`);
        return;
      }
      const upstream = connectSocket(Number(target.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => undefined).on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
    });
  });
  await listening(server);
  return { url: `http://127.0.0.1:${portOf(server)}`, asked };
}

describe('through a proxy', () => {
  it.each(['proxy-url', 'HTTPS_PROXY'])('of %s the server is reached', async (how) => {
    const { url, asked } = await proxy(null);
    const fake = await answering(version, { certificate: 'other' });
    const server = `https://api.example:${fake.port}`;
    const cluster = how === 'proxy-url' ? { 'proxy-url': url } : {};
    const { api } = reach({ server, cluster }, how === 'proxy-url' ? {} : { env: { HTTPS_PROXY: url } });
    expect(await ask(api)).toBe('v1.36.3');
    expect(asked).toEqual([server.replace('https://', '')]);
  });

  it('of the environment an identity provider is reached', async () => {
    const { url, asked } = await proxy(null);
    const issuer = await start({ certificate: 'other' });
    const name = `https://api.example:${issuer.port}`;
    const fresh = webToken({ exp: Math.floor(Date.now() / 1000) + 3600 });
    issuer.route('/.well-known/openid-configuration', (_, response) =>
      sendJson(response, { token_endpoint: `${name}/token` }),
    );
    issuer.route('/token', (_, response) => sendJson(response, { id_token: fresh }));
    const config = {
      'refresh-token': 'r',
      'client-id': 'c',
      'idp-issuer-url': name,
      'idp-certificate-authority': tlsFile('authority.pem'),
    };
    const fake = await answering(version);
    const user = { 'auth-provider': { name: 'oidc', config } };
    await ask(reach({ server: fake.url, user }, { env: { https_proxy: url } }).api);
    expect(fake.seen[0]?.headers.authorization).toBe(`Bearer ${fresh}`);
    expect(asked).toEqual(Array(2).fill(`api.example:${issuer.port}`));
  });

  it('of another kind an identity provider is not asked, nor past it', async () => {
    const config = { 'refresh-token': 'r', 'client-id': 'c', 'idp-issuer-url': 'https://api.example' };
    const user = { 'auth-provider': { name: 'oidc', config } };
    const env = { HTTPS_PROXY: 'socks5://127.0.0.1:1' };
    await expect(ask(reach({ server: 'https://127.0.0.1:1', user }, { env }).api)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/through the proxy of HTTPS_PROXY, which is no HTTP proxy/),
    });
  });

  it.each([
    ['407 Proxy Authentication Required', /the proxy wants a user and a password/],
    ['503 No', /the proxy answered 503/],
  ])('that answers %s it is not', async (answer, words) => {
    const { url } = await proxy(answer);
    const { api } = reach({ server: 'https://127.0.0.1:9', cluster: { 'proxy-url': url } });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(words),
    });
  });

  it.each([
    [
      'is down',
      'http://dev:SECRET@127.0.0.1:1',
      /^The proxy http:\/\/dev:xxxxx@127\.0\.0\.1:1, through which .*refuses/,
    ],
    [
      'has no such name',
      'http://nobody.invalid:3128',
      /^The proxy http:\/\/nobody\.invalid:3128, through which/,
    ],
  ])('that %s is what is told of, not the server', async (_, url, words) => {
    const fake = await start();
    const { api } = reach({ server: fake.url, cluster: { 'proxy-url': url } });
    const failure = await failureOf(ask(api));
    expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(words) });
    expect(failure.message).not.toContain('SECRET');
  });
});

it.each(['http', 'https', 'HTTP'])('the password of a server’s %s URL is not told', async (scheme) => {
  const failure = await failureOf(ask(reach({ server: `${scheme}://dev:SECRET@127.0.0.1:1` }).api));
  expect(failure.message).toMatch(/^The API server https?:\/\/dev:xxxxx@127\.0\.0\.1:1 refuses/);
});
