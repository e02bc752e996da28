/** Hints and lenses are asked for anew when what they stand on beside the text changed, and after edits by the editor itself. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { statusRequest } from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

const uri = 'file:///node-1/iptables-save.txt';

async function asked(workspace: object): Promise<readonly string[]> {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  const requests: string[] = [];
  for (const method of ['workspace/inlayHint/refresh', 'workspace/codeLens/refresh']) {
    client.connection.onRequest(method, () => {
      requests.push(method);
      return null;
    });
  }
  await client.initialize({ workspace });
  await client.open(uri, '*nat\n:A - [0:0]\nCOMMIT\n');
  await client.diagnostics(uri);
  expect(requests).toEqual([]);
  client.files.set('objects.json', '{"kind":"List","items":[]}');
  await client.siblingsChanged(uri);
  // What the server asked stands in its stream before this answer.
  await client.ask(statusRequest, { uri });
  await client.ask(statusRequest, { uri });
  return requests;
}

test('an editor that can is told to ask again', async () => {
  const can = { refreshSupport: true };
  expect(await asked({ inlayHint: can, codeLens: can })).toEqual([
    'workspace/inlayHint/refresh',
    'workspace/codeLens/refresh',
  ]);
});

test('another one is not', async () => {
  expect(await asked({})).toEqual([]);
});
