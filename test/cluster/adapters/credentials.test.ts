import { Agent } from 'node:http';
import { expect, it } from 'vitest';
import type { Connection } from '../../../src/cluster/adapters/connection.ts';
import { Credentials } from '../../../src/cluster/adapters/credentials.ts';

const connectionTo = (server: string): Connection => ({
  server,
  options: { agent: new Agent() },
  headers: {},
  agentKey: server,
  expiresAt: null,
});

it('what was being read when it was to be forgotten does not come back', async () => {
  const answers: ((connection: Connection) => void)[] = [];
  const credentials = new Credentials(() => new Promise((resolve) => answers.push(resolve)));
  const { signal } = new AbortController();
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
