/** Servers of one test: what answers `/version`, and what else listens. */
import type { Server } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClusterApi } from '../../../src/cluster/clusterApi.ts';
import { FakeApiServer, type FakeOptions, type Handler, sendJson } from './fakeApiServer.ts';

/** Stopped at the end of the test. */
export async function start(options?: FakeOptions): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start(options);
  onTestFinished(() => fake.stop());
  return fake;
}

/** Answers `/version` as a server does. */
export const version: Handler = (_, response) => sendJson(response, { gitVersion: 'v1.36.3' });

/** A server that answers `/version`. */
export async function answering(handler: Handler, options?: FakeOptions): Promise<FakeApiServer> {
  const fake = await start(options);
  fake.route('/version', handler);
  return fake;
}

/** The release of the server. */
export const ask = async (api: ClusterApi): Promise<string> =>
  api.serverVersion(new AbortController().signal);

/** A JSON Web Token that nobody signed. */
export function webToken(claims: object): string {
  const parts = [JSON.stringify({ alg: 'RS256' }), JSON.stringify(claims), 'x'];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}

/** On a free port of this machine until the end of the test. */
export async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
}
