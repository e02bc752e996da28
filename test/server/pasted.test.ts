/** What the clipboard holds, before there is a document of it. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { pastedRequest } from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

test.each([
  ['> -A INPUT -j DROP\n', { rules: 1 }],
  ['iptables -A INPUT -j DROP\n', { rules: 1 }],
  ['apiVersion: v1\nkind: Service\n', { rules: 0, what: 'YAML' }],
  ['Dear Sir or Madam\n', { rules: 0, what: 'plain text' }],
])('%j', async (text, found) => {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  await client.initialize();
  const answer = await client.connection.sendRequest(pastedRequest.method, { text });
  expect(answer).toMatchObject(found);
});
