/** A trace that takes long: the bundled server answers others in between, and ends it when nobody waits any more. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver';
import { emptyForm, traceRequest } from '../../src/protocol/requests.ts';
import { randomThenPlain } from '../support/hostileRules.ts';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle.remove());

const dear = 'file:///node-1/iptables-save.txt';
const small = 'file:///node-2/iptables-save.txt';
const asked = {
  uri: dear,
  form: { ...emptyForm, from: 'external:203.0.113.9', to: '10.244.1.7:80', protocol: 'tcp' },
  decisions: [],
};

/** With rules of many ways, and rules of one. */
async function start(): Promise<Client> {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  await client.initialize();
  await client.open(dear, randomThenPlain(12, 2_000));
  await client.open(small, '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n');
  return client;
}

function hover(client: Client): Promise<unknown> {
  return client.at('textDocument/hover', small, { line: 2, character: 12 });
}

test('a hover is answered before it', { timeout: 60_000 }, async () => {
  const client = await start();
  const order: string[] = [];
  const traced = client.ask(traceRequest, asked).then(({ kind }) => order.push(kind));
  const hovered = hover(client).then((found) => order.push(found === null ? 'nothing' : 'hover'));
  await Promise.all([traced, hovered]);
  expect(order).toEqual(['hover', 'answer']);
});

test(
  'one that is cancelled under way is refused as cancelled, and others are answered',
  { timeout: 60_000 },
  async () => {
    const client = await start();
    const source = new CancellationTokenSource();
    const traced = client.ask(traceRequest, asked, source.token);
    const refused = expect(traced).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    await hover(client);
    source.cancel();
    await refused;
    expect(await hover(client)).not.toBeNull();
  },
);
