/** Features of the editor that need more of the server than a function of language/: kept state, the node's names. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CompletionItem,
  CompletionList,
  DocumentSymbol,
  SemanticTokens,
  SemanticTokensDelta,
  WorkspaceSymbol,
} from 'vscode-languageserver/node';
import { servicesRequest } from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

function dump(name: string): string {
  return readFileSync(new URL(`../dumps/${name}`, import.meta.url), 'utf8');
}

/** The line and character of the `nth` character of `words`, which stand in `text`. */
function placeOf(text: string, words: string, nth = 0): { line: number; character: number } {
  const offset = text.indexOf(words);
  expect(offset, words).toBeGreaterThanOrEqual(0);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: (before.at(-1)?.length ?? 0) + nth };
}

function rulesWith(target: string): string {
  return `*filter\n-A INPUT -j ${target}\n-A INPUT -j DROP\nCOMMIT\n`;
}

describe('the language server', () => {
  const text = dump('1.36.3/iptables-save-c.txt');
  const uri = 'file:///node-1/iptables-save-c.txt';
  let server: { readonly path: string; readonly remove: () => void };
  let client: Client;

  beforeAll(async () => {
    server = await bundleServer();
    client = new Client(server.path);
    client.files.set('objects.json', dump('1.36.3/objects.json'));
    await client.initialize();
    await client.open(uri, text);
  }, 60_000);

  afterAll(() => {
    client.stop();
    server.remove();
  });

  it('tells colours again by what changed', async () => {
    const document = 'file:///node-9/rules.v4';
    await client.open(document, rulesWith('ACCEPT'));
    const about = { textDocument: { uri: document } };
    const all = await client.connection.sendRequest<SemanticTokens>(
      'textDocument/semanticTokens/full',
      about,
    );
    await client.change(document, 2, rulesWith('NOPE'));
    const next = { ...about, previousResultId: all.resultId };
    const delta = await client.connection.sendRequest<SemanticTokensDelta>(
      'textDocument/semanticTokens/full/delta',
      next,
    );
    const changed = [...all.data];
    for (const { start, deleteCount, data = [] } of delta.edits) changed.splice(start, deleteCount, ...data);
    const again = await client.connection.sendRequest<SemanticTokens>(
      'textDocument/semanticTokens/full',
      about,
    );
    expect(delta.edits).toHaveLength(1);
    expect(delta.edits[0]?.data?.length).toBeLessThan(20);
    expect(changed).toEqual(again.data);
  });

  it('completes an address by the name of its Service, and documents it', async () => {
    const place = placeOf(text, '-d 10.98.20.2/32', '-d 10.98.20'.length);
    const { items } = await client.at<CompletionList>('textDocument/completion', uri, place);
    const [item] = items;
    expect(item).toMatchObject({
      label: '10.98.20.2/32',
      labelDetails: { description: 'the ClusterIP of shop/sticky:http' },
    });
    const resolved = await client.connection.sendRequest<CompletionItem>('completionItem/resolve', item);
    expect(resolved.documentation).toMatchObject({
      value: String.raw`\`10.98.20.2\` is the ClusterIP of shop\/sticky\:http.`.replaceAll('\\`', '`'),
    });
    const odd = { label: 'x', data: { uri: 7 } };
    expect(await client.connection.sendRequest('completionItem/resolve', odd)).toEqual(odd);
  });

  it('completes in the text as it is right behind edits, whatever is held of older versions', async () => {
    const document = 'file:///node-8/rules.v4';
    const head = '*filter\n:INPUT ACCEPT [0:0]\n';
    const filler = '# rules\n'.repeat(20_000);
    await client.open(document, `${head}COMMIT\n${filler}`);
    let version = 1;
    for (const [line, first] of [
      ['-A INPUT -m conntrack --ctstate ', 'RELATED,ESTABLISHED'],
      ['-A INPUT -p ', 'tcp'],
      ['-A INPUT -m addrtype --dst-type ', 'LOCAL'],
      ['-A INPUT -j ', 'ACCEPT'],
    ] as const) {
      await client.change(document, ++version, `${head}COMMIT\n${filler}`);
      await client.change(document, ++version, `${head}${line}\nCOMMIT\n${filler}`);
      const place = { line: 2, character: line.length };
      const { items } = await client.at<CompletionList>('textDocument/completion', document, place);
      expect(items[0]?.label, line).toBe(first);
    }
  });

  it('outlines chains by their Services, at their rules', async () => {
    const about = { textDocument: { uri } };
    const symbols = await client.connection.sendRequest<DocumentSymbol[]>(
      'textDocument/documentSymbol',
      about,
    );
    const nat = symbols.find(({ name }) => name === 'nat')?.children ?? [];
    const found = nat.find(({ name }) => name === 'shop/sticky:http KUBE-SVC-25FJTMN2OLOPNGWS');
    expect(found?.selectionRange.start).toEqual(placeOf(text, '-A KUBE-SVC-25FJTMN2OLOPNGWS', 3));
    expect(nat.map(({ name }) => name)).toContain(
      '10.244.1.38:8080 of shop/sticky:http KUBE-SEP-ITG4TQSATMEYH5UK',
    );
  });

  it('finds Services by parts of their names in all open documents', async () => {
    const found = await client.connection.sendRequest<WorkspaceSymbol[]>('workspace/symbol', {
      query: 'sticky http shop',
    });
    expect(found.map(({ name }) => name)).toEqual(['shop/sticky:http']);
    const services = await client.ask(servicesRequest, { uri, query: 'np-clus', limit: 5 });
    expect(services[0]).toMatchObject({ name: 'edge/np-cluster:http', location: { uri } });
    expect(await client.ask(servicesRequest, { uri: 'file:///nowhere', query: '', limit: 5 })).toEqual([]);
  });
});
