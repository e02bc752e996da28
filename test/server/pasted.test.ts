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
  ['> -A INPUT -j DROP\n', { rules: 1, language: 'iptables' }],
  ['iptables -A INPUT -j DROP\n', { rules: 1 }],
  ['apiVersion: v1\nkind: Service\n', { rules: 0, what: 'YAML' }],
  [
    '$ nft list ruleset\ntable ip t {\n\tchain c {\n\t\tdrop\n\t}\n}\n',
    { rules: 1, chains: 1, language: 'nftables' },
  ],
  [
    '# ipvsadm -Ln\nTCP  10.254.0.1:443 rr\n  -> 172.16.16.81:6443            Masq    1      0          0\n',
    { rules: 1, language: 'ipvsadm' },
  ],
  ['nft add rule ip t c drop\n', { rules: 1, language: 'nftables' }],
  ['Dear Sir or Madam\n', { rules: 0, what: 'plain text' }],
])('%j', async (text, found) => {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  await client.initialize();
  const answer = await client.connection.sendRequest(pastedRequest.method, { text });
  expect(answer).toMatchObject(found);
});
