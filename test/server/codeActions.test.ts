/** Code actions of the bundled server, as an editor asks for them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientCapabilities, CodeAction } from 'vscode-languageserver';
import { bundleServer, Client } from './client.ts';

const uri = 'file:///node-1/rules.v4';

function rules(ports: string): string {
  return `*filter\n-A INPUT -p tcp --dport ${ports} -j ACCEPT\nCOMMIT\n`;
}

let server: { readonly path: string; readonly remove: () => void };
const clients: Client[] = [];

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);

afterAll(() => {
  for (const client of clients) client.stop();
  server.remove();
});

/** What an editor with `capabilities` is offered for the second version of a text; a problem that it still shows is of the first. */
async function offered(capabilities: ClientCapabilities, only?: string[]): Promise<CodeAction[] | null> {
  const client = new Client(server.path);
  clients.push(client);
  await client.initialize(capabilities);
  await client.open(uri, rules('80-90'));
  const { diagnostics } = await client.diagnostics(uri);
  await client.change(uri, 2, rules('1-2'));
  return client.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri },
    range: { start: { line: 1, character: 26 }, end: { line: 1, character: 26 } },
    context: { diagnostics, ...(only === undefined ? {} : { only }) },
  });
}

const range = { start: { line: 1, character: 24 }, end: { line: 1, character: 27 } };
const edits = [{ range, newText: '1:2' }];

it('are of the present version, and say so to an editor that knows versions', async () => {
  const capabilities = { workspace: { workspaceEdit: { documentChanges: true } } };
  expect(await offered(capabilities, ['source.fixAll'])).toEqual([
    {
      title: 'Apply All Certain Fixes',
      kind: 'source.fixAll',
      edit: { documentChanges: [{ textDocument: { uri, version: 2 }, edits }] },
    },
  ]);
});

it('are fixes where nothing is asked for, and plain edits for another editor', async () => {
  expect(await offered({})).toMatchObject([
    {
      title: 'Write "1:2"',
      kind: 'quickfix',
      isPreferred: true,
      diagnostics: [{ code: 'bad-port' }],
      edit: { changes: { [uri]: edits } },
    },
  ]);
});

it('are none of a text that is edited while they are looked for', async () => {
  const client = new Client(server.path);
  clients.push(client);
  await client.initialize();
  const many = Array.from({ length: 60_000 }, (_, index) => `-A INPUT -p tcp --dport ${index} -j ACCEPT`);
  await client.open(uri, rules('80-90').replace('COMMIT', `${many.join('\n')}\nCOMMIT`));
  const asked = client.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri },
    range,
    context: { diagnostics: [], only: ['source.fixAll'] },
  });
  await client.change(uri, 2, rules('1-2'));
  expect(await asked).toEqual([]);
});
