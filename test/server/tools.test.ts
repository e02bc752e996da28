/** What a language model of the editor is told of open documents. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askToolRequest, type ToolReply } from '../../src/protocol/tools.ts';
import { bundleServer, Client } from './client.ts';

const uri = 'file:///node-1/iptables-save.txt';
const other = 'file:///node-2/iptables-save.txt';
const rules = readFileSync('media/samples/kube-proxy-1.36/iptables-save.txt', 'utf8');
let server: Awaited<ReturnType<typeof bundleServer>>;
let client: Client;

beforeAll(async () => {
  server = await bundleServer();
  client = new Client(server.path);
  await client.initialize();
  await client.open(uri, rules);
  // Not saved: its last Service chain leads nowhere.
  await client.open(other, `${rules}*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j NOWHERE\nCOMMIT\n`);
});
afterAll(() => {
  client.stop();
  server.remove();
});

async function ask(tool: string, input: unknown, shown = uri) {
  const reply: ToolReply = await client.connection.sendRequest(askToolRequest.method, {
    uri: shown,
    tool,
    input,
  });
  const data: unknown = reply.kind === 'answer' ? JSON.parse(reply.text) : null;
  return { ...reply, data };
}

it('answers of the rules that the user looks at, and of others that are open', async () => {
  const traced = await ask('kubeProxy_trace', { from: 'pod:10.244.1.7', to: 'shop/three:http' });
  expect(traced.data).toMatchObject({
    summary: 'Forwarded to one of 3 endpoints of shop/three:http.',
    total: 3,
  });
  const checked = await ask('kubeProxy_check', { rules: 'node-2/iptables-save.txt', severity: 'error' });
  expect(checked.data).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({
        code: 'undefined-jump-target',
        file: '/node-2/iptables-save.txt',
        line: expect.any(Number),
      }),
    ]),
  });
  const compared = await ask('kubeProxy_compare', { before: '/node-2/iptables-save.txt' });
  expect(compared.data).toMatchObject({ summary: expect.stringContaining('differ') });
});

it.each([
  ['kubeProxy_check', { rules: '/etc/passwd' }, uri, 'No rules are open under the name "/etc/passwd"'],
  ['kubeProxy_check', { rules: 'iptables-save.txt' }, uri, 'Open: file:///node-1'],
  ['kubeProxy_check', {}, '', 'No rules are shown.'],
  ['kubeProxy_check', { context: 'prod' }, uri, 'no field "context"'],
  ['check', {}, uri, 'no such tool'],
])('%s %j of "%s" is refused in words', async (tool, input, shown, words) => {
  expect(await ask(tool, input, shown)).toMatchObject({
    kind: 'wrong',
    text: expect.stringContaining(words),
  });
});
