/** When the bundled server answers, as the protocol has it. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource, ErrorCodes, LSPErrorCodes } from 'vscode-languageserver';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

const uri = 'file:///node-1/iptables-save.txt';
const hover = { textDocument: { uri }, position: { line: 0, character: 1 } };

function start(): Client {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  return client;
}

test('a request before initialize is refused as such, and the server goes on', async () => {
  const client = start();
  for (const method of ['textDocument/hover', 'kubeProxy/trace', 'shutdown', 'no/such']) {
    await expect(client.connection.sendRequest(method, hover)).rejects.toMatchObject({
      code: ErrorCodes.ServerNotInitialized,
    });
  }
  await client.initialize();
  await client.open(uri, '*filter\n-A INPUT -j DROP\nCOMMIT\n');
  expect(await client.connection.sendRequest('textDocument/documentSymbol', hover)).toHaveLength(1);
});

test('initialize comes once', async () => {
  const client = start();
  await client.initialize();
  await expect(client.initialize()).rejects.toMatchObject({ code: ErrorCodes.InvalidRequest });
});

test('a request after shutdown is refused as such', async () => {
  const client = start();
  await client.initialize();
  await client.connection.sendRequest('shutdown');
  for (const method of ['textDocument/hover', 'kubeProxy/tree', 'initialize', 'shutdown']) {
    await expect(client.connection.sendRequest(method, hover)).rejects.toMatchObject({
      code: ErrorCodes.InvalidRequest,
    });
  }
});

test('a request that is cancelled at once is answered as cancelled', async () => {
  const client = start();
  await client.initialize();
  await client.open(uri, '*filter\n-A INPUT -j DROP\nCOMMIT\n');
  const asked = Array.from({ length: 200 }, () => {
    const source = new CancellationTokenSource();
    const answer = client.connection.sendRequest('textDocument/hover', hover, source.token);
    source.cancel();
    return answer.then(
      () => 'answered',
      (error: { code?: unknown }) => error.code,
    );
  });
  const told = await Promise.all(asked);
  // One that was looked at before its cancelling came is answered.
  expect(told).toContain(LSPErrorCodes.RequestCancelled);
});
