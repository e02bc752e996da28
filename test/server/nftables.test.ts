import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  SemanticTokens,
} from 'vscode-languageserver/node';
import { glanceRequest } from '../../src/protocol/glance.ts';
import { emptyForm, type TraceAnswer, traceRequest } from '../../src/protocol/requests.ts';
import { witnessRequest } from '../../src/protocol/witness.ts';
import { bundleServer, Client } from './client.ts';

let server: { readonly path: string; readonly remove: () => void };

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);

afterAll(() => server.remove());

describe('the language server, on a text of nftables', () => {
  const text = readFileSync(new URL('../rules/nftables/fixtures/script.nft', import.meta.url), 'utf8');
  const uri = 'file:///node-1/nftables.conf';
  let client: Client;

  beforeAll(async () => {
    client = new Client(server.path);
    await client.initialize();
    await client.open(uri, text, 'nftables');
  });

  afterAll(() => client.stop());

  const ask = <Result>(method: string, params: object = {}): Promise<Result> =>
    client.connection.sendRequest(method, { textDocument: { uri }, ...params });

  it('knows a packet that the rule of a line matches', async () => {
    const line = text.split('\n').findIndex((each) => each.includes('jump services'));
    const answer = await client.ask(witnessRequest, { uri, line });
    expect(answer.kind).toBe('packet');
    expect(await client.ask(witnessRequest, { uri, line: 0 })).toEqual({
      kind: 'none',
      message: 'There is no rule in this line.',
    });
  });

  it('finds nothing wrong, and answers every request', async () => {
    expect((await client.diagnostics(uri)).diagnostics).toEqual([]);
    const position = {
      line: text.split('\n').findIndex((line) => line.includes('jump services')),
      character: 10,
    };
    const hover = await ask<Hover>('textDocument/hover', { position });
    expect(JSON.stringify(hover.contents)).toContain('chain `services`');
    const definition = await ask<Location>('textDocument/definition', { position });
    expect(text.split('\n')[definition.range.start.line]).toContain('chain services');
    const symbols = await ask<DocumentSymbol[]>('textDocument/documentSymbol');
    expect(symbols.map(({ name }) => name)).toEqual(['inet filter']);
    expect((await ask<FoldingRange[]>('textDocument/foldingRange')).length).toBeGreaterThan(2);
    expect((await ask<SemanticTokens>('textDocument/semanticTokens/full')).data.length).toBeGreaterThan(100);
    for (const method of [
      'codeAction',
      'codeLens',
      'inlayHint',
      'formatting',
      'selectionRange',
      'linkedEditingRange',
    ]) {
      const range = { start: position, end: position };
      const params = {
        position,
        positions: [position],
        range,
        context: { diagnostics: [] },
        options: { tabSize: 8 },
      };
      await ask(`textDocument/${method}`, params);
    }
  });

  it('follows a packet, and leads to the rule', async () => {
    const form = { ...emptyForm, from: 'external:203.0.113.7', to: '192.0.2.1:22', interface: 'eth0' };
    const answer: TraceAnswer = await client.ask(traceRequest, { uri, form, decisions: [] });
    if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer));
    expect(answer.uris).toEqual({ nft: uri });
    expect(JSON.stringify(answer.narrative)).toContain('"location":{"source":"nft","line":');
    const rows = await client.ask(glanceRequest, { uri, atOnce: false });
    expect(rows.length).toBeGreaterThan(0);
  });

  it('tells what an edit breaks, and stays of the language', async () => {
    await client.change(uri, 2, text.replace('jump services', 'jump servces'));
    const { diagnostics } = await client.diagnostics(uri, 2);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['nft-unknown-name', 1]]);
  });
});
