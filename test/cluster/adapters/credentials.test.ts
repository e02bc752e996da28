import { Agent } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Connection } from '../../../src/cluster/adapters/connection.ts';
import { Credentials } from '../../../src/cluster/adapters/credentials.ts';
import { identityToken } from '../../../src/cluster/adapters/identityProvider.ts';
import { webToken } from '../support/answering.ts';

const connectionTo = (server: string, expiresAt: number | null = null): Connection => ({
  server,
  options: { agent: new Agent() },
  headers: {},
  proxy: null,
  agentKey: server,
  expiresAt,
});

const { signal } = new AbortController();

it('what was being read when it was to be forgotten does not come back', async () => {
  const answers: ((connection: Connection) => void)[] = [];
  const credentials = new Credentials(() => new Promise((resolve) => answers.push(resolve)));
  const before = credentials.current(signal);
  credentials.forget();
  const after = credentials.current(signal);
  answers[1]?.(connectionTo('new'));
  expect((await after).server).toBe('new');
  answers[0]?.(connectionTo('old'));
  expect((await before).server).toBe('old');
  expect((await credentials.current(signal)).server).toBe('new');
  expect(answers).toHaveLength(2);
});

/** Stops the clock; what it returns sets it, in seconds. */
function clock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  return (seconds) => void vi.setSystemTime(seconds * 1000);
}

/** Credentials that are read as often as told, each good for so many seconds from then on. */
function reading(seconds: number): { credentials: Credentials; read: () => number } {
  let read = 0;
  const credentials = new Credentials(() => {
    read++;
    return Promise.resolve(connectionTo(`read ${read}`, Date.now() + seconds * 1000));
  });
  return { credentials, read: () => read };
}

describe('a credential', () => {
  it('is read again once it has ended', async () => {
    const at = clock();
    const { credentials, read } = reading(60);
    for (const [second, expected] of [
      [0, 1],
      [59, 1],
      [60, 2],
      [119, 2],
      [120, 3],
    ] as const) {
      at(second);
      await credentials.current(signal);
      expect([second, read()]).toEqual([second, expected]);
    }
  });

  it('that has ended when it is given is read again only every ten seconds', async () => {
    const at = clock();
    const { credentials, read } = reading(-1);
    for (let tenth = 0; tenth < 300; tenth++) {
      at(tenth / 10);
      await credentials.current(signal);
    }
    expect(read()).toBe(3);
  });

  it('of an identity provider is not used in its last seconds', async () => {
    const at = clock();
    const config = { 'id-token': webToken({ exp: 100 }) };
    const user = { name: 'u', value: {}, folder: '/' };
    const ask = () => identityToken(config, { user, env: {}, signal, timeout: 1000 });
    at(89);
    expect(await ask()).toEqual({ token: config['id-token'], expiresAt: 90_000 });
    at(90);
    await expect(ask()).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/the token has expired/),
    });
  });
});
