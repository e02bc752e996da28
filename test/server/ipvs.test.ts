import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CompletionList, DocumentSymbol, FoldingRange, Hover } from 'vscode-languageserver/node';
import { emptyForm, type TraceAnswer, traceRequest } from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

let server: { readonly path: string; readonly remove: () => void };
let client: Client;

const text = `-A -t 10.96.12.3:80 -s rr
-a -t 10.96.12.3:80 -r 10.244.1.5:8080 -m -w 1
`;
const uri = 'file:///node-1/what-I-saw.txt';

beforeAll(async () => {
  server = await bundleServer();
  client = new Client(server.path);
  await client.initialize();
  await client.open(uri, text, 'ipvsadm');
}, 60_000);

afterAll(() => {
  client.stop();
  server.remove();
});

function ask<Result>(method: string, params: object = {}): Promise<Result> {
  return client.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, ...params });
}

it('a text of ipvsadm is explained, outlined and folded', async () => {
  expect((await client.diagnostics(uri)).diagnostics).toEqual([]);
  const position = { line: 1, character: 4 };
  const hover = await ask<Hover>('hover', { position });
  expect(JSON.stringify(hover.contents)).toContain('a server of `TCP 10.96.12.3:80`');
  expect((await ask<DocumentSymbol[]>('documentSymbol')).map(({ name }) => name)).toEqual([
    'TCP 10.96.12.3:80',
  ]);
  expect((await ask<FoldingRange[]>('foldingRange')).map(({ endLine }) => endLine)).toEqual([1]);
  const { items } = await ask<CompletionList>('completion', { position });
  expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['-t', '-w']));
  const range = { start: position, end: position };
  const params = {
    position,
    positions: [position],
    range,
    context: { diagnostics: [] },
    options: { tabSize: 8 },
  };
  for (const method of ['codeAction', 'codeLens', 'inlayHint', 'formatting', 'selectionRange', 'definition'])
    await ask(method, params);
});

it('a trace leads to the line of the server that the packet goes to', async () => {
  client.files.set('iptables-save.txt', '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n');
  await client.siblingsChanged(uri);
  const form = { ...emptyForm, from: 'node', to: '10.96.12.3:80' };
  const answer: TraceAnswer = await client.ask(traceRequest, { uri, form, decisions: [] });
  if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer));
  expect(answer.uris['ipvs']).toBe(uri);
  expect(JSON.stringify(answer.narrative)).toContain(
    '"location":{"source":"ipvs","line":1,"startCharacter":0,"endCharacter":46}',
  );
});

it('what is not read, and what an edit breaks, is a problem at its line', async () => {
  await client.change(uri, 2, `${text}-A -t web.example:http -s rr\n-A -u 10.96.0.10:53 -s rr\n`);
  const { diagnostics } = await client.diagnostics(uri, 2);
  expect(diagnostics.map(({ code, range }) => [range.start.line, code])).toEqual([
    [2, 'ipvs-unread'],
    [3, 'no-endpoints'],
  ]);
});
