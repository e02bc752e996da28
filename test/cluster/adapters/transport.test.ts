import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answering, ask, listening, start, version, webToken } from '../support/answering.ts';
import { type FakeOptions, portOf, sendJson, sendStatus, tlsFile } from '../support/fakeApiServer.ts';
import { failureOf } from '../support/failureOf.ts';
import {
  kubeconfigText,
  reach,
  temporaryFolder,
  type TestConfig,
  writeKubeconfig,
} from '../support/kubeconfigs.ts';

/** What a request of this user looks like. */
const seenBy = async (config: Omit<TestConfig, 'server'>, options?: FakeOptions) => {
  const fake = await answering(version, options);
  expect(await ask(reach({ server: fake.url, ...config }).api)).toBe('v1.36.3');
  return fake.seen[0]?.headers ?? {};
};

describe('signing in', () => {
  it('by a token', async () => {
    expect((await seenBy({ user: { token: 'abc' } })).authorization).toBe('Bearer abc');
  });

  it('by a user and a password', async () => {
    const { authorization = '' } = await seenBy({ user: { username: 'u', password: 'p' } });
    expect(atob(authorization.replace('Basic ', ''))).toBe('u:p');
  });

  it('as somebody else', async () => {
    const headers = await seenBy({
      user: {
        token: 'abc',
        as: 'jane',
        'as-groups': ['a', 'b'],
        'as-uid': '7',
        'as-user-extra': { reason: ['x'] },
      },
    });
    expect(headers['impersonate-user']).toBe('jane');
    expect(headers['impersonate-group']).toBe('a, b');
    expect(headers['impersonate-uid']).toBe('7');
    expect(headers['impersonate-extra-reason']).toBe('x');
  });

  it.each([{ token: 's3cret\nInjected: header' }, { token: 'a', as: 's3cret\0' }])(
    'not by what is no header: %j',
    async (user) => {
      const fake = await answering(version);
      const { api } = reach({ server: fake.url, user });
      const { signal } = new AbortController();
      const target = { namespace: 'a', pod: 'b', container: null };
      for (const asked of [ask(api), api.exec(target, ['ip'], { signal, maxBytes: 1, timeout: 5000 })]) {
        const { message } = await failureOf(asked);
        expect(message).toMatch(/of the user u holds a character that cannot be sent/);
        expect(message).not.toContain('s3cret');
      }
      expect(fake.seen).toEqual([]);
    },
  );

  it('by a certificate in a file', async () => {
    const user = { 'client-certificate': tlsFile('client.pem'), 'client-key': tlsFile('client.key') };
    await seenBy({ user }, { mutual: true });
  });

  it("by a credential plugin's token, which is asked once", async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'log');
    const script = `require('fs').appendFileSync(${JSON.stringify(log)}, 'x'); console.log(JSON.stringify({ status: { token: 'from plugin' } }))`;
    const fake = await answering(version);
    const { api } = reach({
      server: fake.url,
      user: { exec: { command: process.execPath, args: ['-e', script] } },
    });
    await Promise.all([ask(api), ask(api)]);
    await ask(api);
    expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill('Bearer from plugin'),
    );
    expect(readFileSync(log, 'utf8')).toBe('x');
  });

  it('not again by a plugin that gives a token of yesterday: it is not run for every request', async () => {
    const log = join(temporaryFolder(), 'log');
    const status = { token: 'old', expirationTimestamp: '2020-01-01T00:00:00Z' };
    const script = `require('fs').appendFileSync(${JSON.stringify(log)}, 'x'); console.log(${JSON.stringify(JSON.stringify({ status }))})`;
    const fake = await answering(version);
    const { api } = reach({
      server: fake.url,
      user: { exec: { command: process.execPath, args: ['-e', script] } },
    });
    for (let request = 0; request < 3; request++) await ask(api);
    expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer old'));
    expect(readFileSync(log, 'utf8')).toBe('x');
  });

  it('by an OIDC token that is still good', async () => {
    const claims = { exp: Math.floor(Date.now() / 1000) + 3600 };
    const token = webToken(claims);
    const user = { 'auth-provider': { name: 'oidc', config: { 'id-token': token } } };
    expect((await seenBy({ user })).authorization).toBe(`Bearer ${token}`);
  });

  it.each([
    ['ended long ago', 1],
    ['is in its last seconds', Math.floor(Date.now() / 1000) + 8],
    ['is missing', null],
  ])(
    'by an OIDC token that its identity provider refreshes where it %s, once for many requests',
    async (_how, end) => {
      const issuer = await start();
      const seconds = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer.url, aud: 'c', sub: 'me', iat: seconds, exp: seconds + 3600 };
      const fresh = webToken(claims);
      issuer.route('/.well-known/openid-configuration', (_, response) =>
        sendJson(response, { issuer: issuer.url, token_endpoint: `${issuer.url}/token` }),
      );
      issuer.route('/token', (request, response, body) => {
        expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
          grant_type: 'refresh_token',
          refresh_token: 'r',
          client_id: 'c',
          // Not every provider takes it in the header.
          ...(request.headers.authorization === undefined ? { client_secret: 's' } : {}),
        });
        if (request.headers.authorization === undefined) sendJson(response, { id_token: fresh });
        else sendJson(response, { error: 'invalid_client' }, 401);
      });
      const config = {
        ...(end === null ? {} : { 'id-token': webToken({ exp: end }) }),
        'refresh-token': 'r',
        'client-id': 'c',
        'client-secret': 's',
        'idp-issuer-url': issuer.url,
        'idp-certificate-authority': tlsFile('authority.pem'),
      };
      const fake = await answering(version);
      const { api } = reach({ server: fake.url, user: { 'auth-provider': { name: 'oidc', config } } });
      await ask(api);
      await ask(api);
      expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${fresh}`));
      expect(issuer.paths()).toEqual(['/.well-known/openid-configuration', '/token', '/token']);
    },
  );

  it('not by an OIDC token that cannot be refreshed', async () => {
    const config = {
      'id-token': webToken({ exp: 1 }),
      'refresh-token': 'r',
      'client-id': 'c',
      'idp-issuer-url': 'https://127.0.0.1:1',
    };
    const user = { 'auth-provider': { name: 'oidc', config } };
    await expect(ask(reach({ server: 'https://127.0.0.1:1', user }).api)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/^The identity provider of u gave no token: /),
    });
  });

  it.each(['gcp', 'azure', 'other'])(
    'not by the auth provider %s, which kubectl does not know any more',
    async (name) => {
      const { api } = reach({ server: 'https://127.0.0.1:1', user: { 'auth-provider': { name } } });
      await expect(ask(api)).rejects.toMatchObject({
        kind: 'badConfiguration',
        message: expect.stringMatching(/no longer supported/),
      });
    },
  );
});

describe('a refused token', () => {
  it('is read again from the kubeconfig, and the request repeated', async () => {
    let good = 'first';
    const fake = await answering((request, response) => {
      if (request.headers.authorization === `Bearer ${good}`) sendJson(response, { gitVersion: 'v1' });
      else sendStatus(response, 401, 'Unauthorized');
    });
    const folder = temporaryFolder();
    const config = { server: fake.url, user: { token: 'first' } };
    const file = writeKubeconfig(config, folder);
    const access = reach(config, { file });
    expect(await ask(access.api)).toBe('v1');
    good = 'second';
    writeFileSync(file, kubeconfigText({ server: fake.url, user: { token: 'second' } }));
    // Read a moment ago: the next attempt says so, a retry by the user reads it at once.
    await expect(ask(access.api)).rejects.toMatchObject({ kind: 'unauthorized' });
    access.forget({ files: false });
    expect(await ask(access.api)).toBe('v1');
  });

  it('of a file is read again from there', async () => {
    const fake = await answering(version);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'token'), 'one\n');
    const config = { server: fake.url, user: { tokenFile: 'token' } };
    const access = reach(config, { file: writeKubeconfig(config, folder) });
    await ask(access.api);
    writeFileSync(join(folder, 'token'), 'two\n');
    access.forget({ files: false });
    await ask(access.api);
    expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two']);
  });
});

describe("the server's certificate", () => {
  it.each([
    ['expired', {}, /shows a certificate that has expired/],
    ['other', {}, /shows a certificate for another name .*127\.0\.0\.1/],
    ['server', { 'certificate-authority': tlsFile('client.pem') }, /authority/],
  ])('%s is not trusted with %j', async (certificate, cluster, words) => {
    const fake = await answering(version, { certificate });
    await expect(ask(reach({ server: fake.url, cluster }).api)).rejects.toMatchObject({
      kind: 'badCertificate',
      message: expect.stringMatching(words),
    });
  });

  it.each([
    ['other', { 'tls-server-name': 'api.example' }],
    ['expired', { 'insecure-skip-tls-verify': true }],
  ])('%s is taken with %j', async (certificate, cluster) => {
    const fake = await answering(version, { certificate });
    expect(await ask(reach({ server: fake.url, cluster }).api)).toBe('v1.36.3');
  });

  it.each(['http://', 'HTTP://'])('is not asked for over %s', async (scheme) => {
    const fake = await answering(version, { certificate: null });
    const server = `${fake.url.replace('http://', scheme)}/`;
    expect(await ask(reach({ server }).api)).toBe('v1.36.3');
  });

  it.each([
    [
      { 'certificate-authority': 'gone.pem' },
      /names the file .*gone\.pem, which cannot be read: there is no such file/,
    ],
    [{ 'certificate-authority-data': 'AAAA' }, /./],
    [{ server: 'nonsense' }, /is no URL: nonsense/],
  ])('that cannot be read (%j) is told', async (cluster, words) => {
    const { api } = reach({ server: 'https://127.0.0.1:1', cluster });
    await expect(ask(api)).rejects.toMatchObject({ message: expect.stringMatching(words) });
  });

  it('is wanted of the client too', async () => {
    const fake = await answering(version, { mutual: true });
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({ kind: 'badCertificate' });
  });
});

describe('a server that', () => {
  it('does not listen is unreachable', async () => {
    const { api } = reach({ server: 'https://127.0.0.1:1' });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'unreachable',
      message:
        'The API server https://127.0.0.1:1 refuses the connection: nothing listens there (ECONNREFUSED).',
    });
  });

  it('has no name is unreachable', async () => {
    const { api } = reach({ server: 'https://no-such-host.invalid:6443' });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/name service/),
    });
  });

  it('takes no TLS connection is timed out', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await listening(silent);
    const port = portOf(silent);
    const { api } = reach({ server: `https://127.0.0.1:${port}` }, { limits: { connect: 100 } });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'timedOut',
      message: expect.stringMatching(/takes no connection within 0\.1 s/),
    });
  });

  it('does not answer is timed out', async () => {
    const fake = await answering(() => undefined);
    const { api } = reach({ server: fake.url }, { limits: { answer: 100 } });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'timedOut',
      message: expect.stringMatching(/does not answer within 0\.1 s/),
    });
  });

  it('stops in the middle of its answer is timed out', async () => {
    const fake = await answering((_, response) => void response.writeHead(200).write('{"gitV'));
    const { api } = reach({ server: fake.url }, { limits: { silence: 100 } });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'timedOut',
      message: expect.stringMatching(/sent nothing for 0\.1 s/),
    });
  });

  it('cuts its answer is unreachable', async () => {
    const fake = await answering((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('{"gitV', () => response.destroy());
    });
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('shows a page of HTML is no API server', async () => {
    const fake = await answering((_, response) => void response.end('<html>Sign in</html>'));
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({
      kind: 'other',
      message: expect.stringMatching(/is no API server: it did not send JSON/),
    });
  });

  it('does not speak TLS is told so', async () => {
    const fake = await answering(version, { certificate: null });
    const { api } = reach({ server: fake.url.replace('http', 'https') });
    await expect(ask(api)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/does not speak TLS/),
    });
  });

  it('compresses its answer is understood', async () => {
    const fake = await answering((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"gitVersion":"v1"}'));
    });
    expect(await ask(reach({ server: fake.url }).api)).toBe('v1');
  });

  it('sends what is unpacked to more than it may be is too large', async () => {
    const bomb = gzipSync(`{"gitVersion":"${'x'.repeat(300 << 20)}"}`);
    expect(bomb.length).toBeLessThan(1 << 20);
    const fake = await answering((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    });
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({
      kind: 'tooLarge',
      message: 'The answer is larger than 256 MiB.',
    });
  });

  it('has too much to do is asked again when it says', async () => {
    let asked = 0;
    const fake = await answering((_, response) => {
      response.setHeader('Retry-After', '0');
      if (++asked < 3) sendStatus(response, 429, 'too many requests');
      else sendJson(response, { gitVersion: 'v1' });
    });
    expect(await ask(reach({ server: fake.url }).api)).toBe('v1');
    expect(asked).toBe(3);
  });

  it('always has too much to do is not asked for ever', async () => {
    const fake = await answering((_, response) => {
      response.setHeader('Retry-After', '0');
      sendStatus(response, 429, 'slow down');
    });
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({
      message: expect.stringMatching(/too much to do: slow down\.$/),
    });
    expect(fake.seen.length).toBe(6);
  });

  it('closes idle connections is asked over a new one', async () => {
    const fake = await answering(version);
    const { api } = reach({ server: fake.url });
    for (let round = 0; round < 5; round++) {
      expect(await ask(api)).toBe('v1.36.3');
      fake.cut();
    }
  });

  it.each([
    [
      403,
      'services is forbidden: User "x\ny" cannot list resource "services" in API group "" at the cluster scope',
      /^The user x\ny may not list services in all namespaces\.$/,
    ],
    [500, 'etcdserver: no leader', /answered 500 to get \/version: etcdserver: no leader\.$/],
    [503, '', /is not available \(503\)\.$/],
    [504, 'Too slow.', /took too long: Too slow\.$/],
  ])('answers %s is understood', async (code, message, words) => {
    const fake = await answering((_, response) => sendStatus(response, code, message));
    await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({
      message: expect.stringMatching(words),
    });
  });
});

it('a missing right is named as the server names it', async () => {
  const fake = await answering((_, response) =>
    sendStatus(
      response,
      403,
      'pods "a" is forbidden: User "system:serviceaccount:dev:bob" cannot create resource "pods/exec" in API group "" in the namespace "kube-system"',
    ),
  );
  await expect(ask(reach({ server: fake.url }).api)).rejects.toMatchObject({
    kind: 'forbidden',
    message: 'The user system:serviceaccount:dev:bob may not create pods/exec in kube-system.',
    right: {
      verb: 'create',
      resource: 'pods/exec',
      namespace: 'kube-system',
      user: 'system:serviceaccount:dev:bob',
    },
  });
});

it('what is cancelled closes its connection', async () => {
  const fake = await answering(() => undefined);
  const abort = new AbortController();
  const asked = reach({ server: fake.url }).api.serverVersion(abort.signal);
  await expect.poll(() => fake.seen.length).toBe(1);
  abort.abort();
  await expect(asked).rejects.toMatchObject({ kind: 'cancelled' });
  await expect.poll(() => fake.sockets.size).toBe(0);
});
