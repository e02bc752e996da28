/** What a document leaves behind when it is closed. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createConnection,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { createServer } from '../../src/server/createServer.ts';
import { lifecycleOptions } from '../../src/server/lifecycle.ts';
import { ourCommands } from '../../src/server/links.ts';

const collectGarbage = vi.fn<() => void>();
let client: ProtocolConnection;

beforeEach(async () => {
  collectGarbage.mockClear();
  const [up, down] = [new PassThrough(), new PassThrough()];
  const readFile = expect.unreachable;
  const machine = { readFile, collectGarbage, siblingsOnDisk: expect.unreachable };
  createServer(createConnection(up, down, lifecycleOptions()), machine, ourCommands);
  client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.onRequest('kubeProxy/siblings', () => ({ files: {} }));
  client.listen();
  await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await client.sendNotification('initialized', {});
});
afterEach(() => client.dispose());

async function openAndClose(text: string): Promise<void> {
  const textDocument = { uri: 'file:///node-1/iptables-save.txt', languageId: 'iptables', version: 1, text };
  await client.sendNotification('textDocument/didOpen', { textDocument });
  await client.sendNotification('textDocument/didClose', { textDocument });
}

const rules = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';

test('the memory of a large document is given back when it is closed, that of a small one in due course', async () => {
  await openAndClose(rules);
  await new Promise((resolve) => {
    setTimeout(resolve, 1_500);
  });
  expect(collectGarbage).not.toHaveBeenCalled();
  await openAndClose(`${`# ${'-'.repeat(98)}\n`.repeat(10_000)}${rules}`);
  await vi.waitFor(() => expect(collectGarbage).toHaveBeenCalledOnce(), 10_000);
});
