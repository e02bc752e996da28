import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CancellationTokenSource,
  type DocumentSymbol,
  type FoldingRange,
  type Hover,
  type Location,
} from 'vscode-languageserver/node';
import {
  choicesRequest,
  consideredRequest,
  type FlowForm,
  statusRequest,
  traceRequest,
  treeOrderRequest,
  treeRequest,
} from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

function dump(name: string): string {
  const bytes = readFileSync(new URL(`../dumps/${name}`, import.meta.url));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** What is published of a document now. */
function codesOf(client: Client, document: string): readonly unknown[] {
  return (client.published(document)?.diagnostics ?? []).map(({ code }) => code);
}

/** Without what packets show, which comes later. */
function codesOfRules(client: Client, document: string): readonly unknown[] {
  return codesOf(client, document).filter((code) => code !== 'client-address-lost');
}

/** The line and character of the `nth` character of `words`, which stand in `text`. */
function placeOf(text: string, words: string, nth = 0): { line: number; character: number } {
  const offset = text.indexOf(words);
  expect(offset, words).toBeGreaterThanOrEqual(0);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: (before.at(-1)?.length ?? 0) + nth };
}

const form: FlowForm = {
  from: 'external:203.0.113.9',
  to: '10.98.20.2:80',
  protocol: 'tcp',
  state: '',
  mark: '',
  interface: '',
  ttl: '',
  tcpFlags: '',
};

let server: { readonly path: string; readonly remove: () => void };

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);

afterAll(() => server.remove());

describe('the language server, on a dump with its objects', () => {
  const text = dump('1.36.3/iptables-save-c.txt');
  const uri = 'file:///node-1/iptables-save-c.txt';
  let client: Client;

  beforeAll(async () => {
    client = new Client(server.path);
    client.files.set('ip6tables-save.txt', dump('1.36.3/ip6tables-save.txt'));
    client.files.set('objects.json', dump('1.36.3/objects.json'));
    expect(await client.initialize()).toMatchObject({
      capabilities: { hoverProvider: true, definitionProvider: true },
    });
    await client.open(uri, text);
  }, 30_000);

  afterAll(() => client.stop());

  it('finds nothing but Services without endpoints', async () => {
    const expected = new Set(['no-endpoints', 'no-local-endpoints']);
    await expect.poll(() => new Set(codesOf(client, uri)), { timeout: 20_000 }).toEqual(expected);
  });

  it('outlines tables and chains', async () => {
    const symbols = await client.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri },
    });
    expect(symbols.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'mangle: 6 chains, 0 rules',
      'filter: 10 chains, 48 rules',
      'nat: 355 chains, 1,030 rules',
    ]);
  });

  it('folds', async () => {
    const folds = await client.connection.sendRequest<FoldingRange[]>('textDocument/foldingRange', {
      textDocument: { uri },
    });
    expect(folds.length).toBeGreaterThan(300);
  });

  it('names the Service of a chain, its endpoints and shares', async () => {
    const hover = await client.at<Hover>(
      'textDocument/hover',
      uri,
      placeOf(text, ':KUBE-SVC-25FJTMN2OLOPNGWS', 3),
    );
    const value = JSON.stringify(hover.contents).replaceAll('\\\\', '\\');
    expect(value).toContain(String.raw`**shop\/sticky\:http** balances over 3 endpoints`);
    expect(value).toMatch(/33\\.3 % \| `10\.244\.1\.38:8080` \| sticky\\-0 · node\\-1/);
    expect(value).toContain('command:kubeProxy.trace.tracePacket?');
  });

  it('goes from a jump to the chain', async () => {
    const jump = '-j KUBE-EXT-BLCWGGYY2Z3GUSPM';
    const found = await client.at<Location>('textDocument/definition', uri, placeOf(text, jump, 6));
    expect(found.range.start).toEqual(placeOf(text, ':KUBE-EXT-BLCWGGYY2Z3GUSPM', 1));
  });

  it('finds references within the table only', async () => {
    const [filter, nat] = [text.indexOf(':KUBE-SERVICES'), text.lastIndexOf(':KUBE-SERVICES')];
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
    const [ofFilter, ofNat] = await Promise.all(
      [filter, nat].map((offset) =>
        client.at<Location[]>('textDocument/references', uri, { line: lineOf(offset), character: 3 }),
      ),
    );
    // Its declaration, its rules and two jumps to it.
    const [above, below] = [text.slice(0, nat), text.slice(nat)];
    const named = [above, below].map((part) => part.match(/(?:^:|-A |-j )KUBE-SERVICES(?= |$)/gm)?.length);
    expect([ofFilter?.length, ofNat?.length]).toEqual(named);
    for (const { range } of ofFilter ?? []) expect(range.start.line).toBeLessThan(lineOf(nat));
  });

  it('gives rows of the tree with their places', async () => {
    const top = await client.ask(treeRequest, { uri, order: 'service', parent: null, offset: 0, limit: 100 });
    expect(top.items.map(({ label }) => label)).toContain('shop');
    const hooks = await client.ask(treeRequest, { uri, order: 'hook', parent: null, offset: 0, limit: 100 });
    expect(hooks.total).toBe(hooks.items.length);
    const open = hooks.items.find(({ hasChildren }) => hasChildren);
    const below = { uri, order: 'hook', parent: open?.id ?? '', offset: 0, limit: 100 } as const;
    expect((await client.ask(treeRequest, below)).total).toBeGreaterThan(0);
  });

  it('gives the order that fits a document', async () => {
    expect(await client.ask(treeOrderRequest, { uri })).toBe('service');
  });

  it('has no order for a document that is not open', async () => {
    expect(await client.ask(treeOrderRequest, { uri: 'file:///nowhere' })).toBeNull();
  });

  it('offers sources and destinations by what was typed', async () => {
    const params = { uri, query: 'shop/sticky http', limit: 5 } as const;
    const [to] = await client.ask(choicesRequest, { ...params, side: 'destination' });
    expect(to).toMatchObject({
      side: 'destination',
      label: 'shop/sticky:http',
      kind: 'service',
      form: { to: '10.98.20.2:80', protocol: 'tcp' },
    });
    const [from] = await client.ask(choicesRequest, { ...params, query: 'sticky-0', side: 'source' });
    expect(from).toMatchObject({ side: 'source', label: 'shop/sticky-0', kind: 'pod' });
  });

  it('traces a packet and shows the rules that did not match', async () => {
    const answer = await client.ask(traceRequest, { uri, form, decisions: [] });
    expect(answer.kind).toBe('answer');
    if (answer.kind !== 'answer') return;
    expect(answer.narrative.headline).toContain('shop/sticky:http');
    expect(answer.uris).toEqual({ iptables: uri, ip6tables: 'file:///node-1/ip6tables-save.txt' });
    expect(answer.copies.command).toContain('--to 10.98.20.2:80');
    const [outcome] = answer.narrative.groups.flatMap(({ outcomes }) => outcomes);
    const considered = await client.ask(consideredRequest, {
      uri,
      form,
      decisions: [],
      outcome: outcome?.id ?? '',
      table: 'nat',
      chain: 'KUBE-SERVICES',
      from: 0,
      to: 3,
      limit: 2,
    });
    expect(considered.total).toBe(4);
    expect(considered.items.length).toBe(2);
    for (const { text: rule, failStart, failEnd, location } of considered.items) {
      expect(text.split('\n')[location?.line ?? -1]).toBe(rule);
      expect(rule.slice(failStart, failEnd)).toMatch(/^(! )?-/);
    }
  });

  it('says at which field a form is wrong', async () => {
    const answer = await client.ask(traceRequest, {
      uri,
      form: { ...form, to: 'nonsense::' },
      decisions: [],
    });
    expect(answer).toMatchObject({ kind: 'invalid', errors: [{ field: 'to' }] });
  });

  it('describes the document', async () => {
    const status = await client.ask(statusRequest, { uri });
    expect(status).toMatchObject({
      format: 'save',
      rules: 1078,
      files: ['ip6tables-save.txt', 'objects.json'],
    });
  });

  it('asks for a folder’s files once, and again when they changed', async () => {
    const before = client.siblingsAsked.length;
    await client.ask(statusRequest, { uri });
    expect(client.siblingsAsked.length).toBe(before);
    client.files.delete('objects.json');
    await client.siblingsChanged('file:///node-1/objects.json');
    expect(await client.ask(statusRequest, { uri })).toMatchObject({ files: ['ip6tables-save.txt'] });
    expect(client.changed.at(-1)).toBe(uri);
  });
});

describe('the language server, given what it should not get', () => {
  let client: Client;
  const uri = 'file:///node-2/rules.v4';

  beforeAll(async () => {
    client = new Client(server.path);
    await client.initialize();
  });

  afterAll(() => client.stop());

  it.each([
    ['kubeProxy/tree', null],
    ['kubeProxy/treeOrder', {}],
    ['kubeProxy/tree', { uri, order: 'sideways', parent: null, offset: 0, limit: 1 }],
    ['kubeProxy/tree', { uri, order: 'hook', parent: null, offset: -1, limit: 1 }],
    ['kubeProxy/trace', { uri }],
    ['kubeProxy/trace', { uri, form: { ...form, to: 5 }, decisions: [] }],
    ['kubeProxy/trace', { uri, form, decisions: [{ key: 'x' }] }],
    ['kubeProxy/choices', []],
    ['kubeProxy/considered', { uri, form, decisions: [] }],
    ['kubeProxy/status', 'text'],
    ['textDocument/hover', {}],
    ['textDocument/nosuch', {}],
  ])('answers %s %j with an error and goes on', async (method, params) => {
    await expect(client.connection.sendRequest(method, params)).rejects.toThrow();
    expect(client.running).toBe(true);
  });

  it('answers nothing about a document that is not open', async () => {
    expect(await client.ask(statusRequest, { uri: 'file:///nowhere' })).toBeNull();
    expect(await client.ask(traceRequest, { uri: 'file:///nowhere', form, decisions: [] })).toMatchObject({
      kind: 'unavailable',
    });
    expect(await client.at('textDocument/hover', 'file:///nowhere', { line: 0, character: 0 })).toBeNull();
  });

  it.each([
    ['an empty file', ''],
    ['a PDF', '%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n<< >>\nendobj\n'],
    ['UTF-16 read as UTF-8', '\ufffd\ufffd*\0f\0i\0l\0t\0e\0r\0\n\0'],
    ['binary data', '\0\u0001\u0002\u0003'.repeat(1_000)],
    ['a nft ruleset', dump('1.36.3-nftables/nft.txt')],
    [
      'a line of a megabyte',
      `*filter\n-A INPUT -m comment --comment "${'x'.repeat(1_000_000)}" -j ACCEPT\nCOMMIT\n`,
    ],
    [
      'characters outside of the first plane',
      '*filter\n-A INPUT -m comment --comment "\ud83d\udc33 \ud83d" -j NOPE\nCOMMIT\n',
    ],
  ])('answers every request about %s', async (name, text) => {
    const document = `file:///node-2/${encodeURIComponent(name)}.iptables`;
    await client.open(document, text);
    const { diagnostics } = await client.diagnostics(document);
    expect(diagnostics.map(({ code }) => code)).toMatchSnapshot();
    const about = { textDocument: { uri: document } };
    for (const method of ['documentSymbol', 'foldingRange', 'codeLens', 'semanticTokens/full']) {
      await client.connection.sendRequest(`textDocument/${method}`, about);
    }
    for (const method of ['hover', 'definition', 'references', 'documentHighlight', 'completion']) {
      await client.at(`textDocument/${method}`, document, { line: 1, character: 40 });
    }
    await client.ask(treeRequest, { uri: document, order: 'service', parent: null, offset: 0, limit: 10 });
    await client.ask(traceRequest, { uri: document, form, decisions: [] });
    expect(client.running).toBe(true);
  });

  it('counts characters as UTF-16 does', async () => {
    const document = 'file:///node-2/whale.iptables';
    await client.open(document, '*filter\n-A INPUT -m comment --comment "\ud83d\udc33" -j NOPE\nCOMMIT\n');
    const { diagnostics } = await client.diagnostics(document);
    expect(diagnostics[0]?.range).toEqual({
      start: { line: 1, character: 38 },
      end: { line: 1, character: 42 },
    });
  });

  it('gives the problems of the last version only', async () => {
    await client.open(uri, '*filter\n-A INPUT -j NOPE\nCOMMIT\n');
    await client.change(uri, 2, '*filter\n-A INPUT -j NOPE2\nCOMMIT\n');
    await client.change(uri, 3, '*filter\n-A INPUT -j ACCEPT\nCOMMIT\n');
    const published = await client.diagnostics(uri, 3);
    expect(published).toMatchObject({ version: 3, diagnostics: [] });
  });
});

describe('the language server, on 19 MB', () => {
  const uri = 'file:///node-1/iptables-save.txt';
  let client: Client;
  let text: string;

  beforeAll(async () => {
    text = dump('1.36.3-large/iptables-save.txt.gz');
    client = new Client(server.path);
    await client.initialize();
    await client.open(uri, text);
  }, 60_000);

  afterAll(() => client.stop());

  const about = { textDocument: { uri } };
  const requests: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['outline', () => client.connection.sendRequest('textDocument/documentSymbol', about)],
    ['folds', () => client.connection.sendRequest('textDocument/foldingRange', about)],
    ['hover', () => client.at('textDocument/hover', uri, placeOf(text, '-j KUBE-SVC-', 5))],
    ['hover again', () => client.at('textDocument/hover', uri, placeOf(text, '-j KUBE-SVC-', 5))],
    ['definition', () => client.at('textDocument/definition', uri, placeOf(text, '-j KUBE-SVC-', 5))],
    ['references', () => client.at('textDocument/references', uri, placeOf(text, ':KUBE-MARK-MASQ', 2))],
    [
      'highlights',
      () => client.at('textDocument/documentHighlight', uri, placeOf(text, ':KUBE-MARK-MASQ', 2)),
    ],
    [
      'tokens of a screen',
      () =>
        client.connection.sendRequest('textDocument/semanticTokens/range', {
          ...about,
          range: { start: { line: 100_000, character: 0 }, end: { line: 100_060, character: 0 } },
        }),
    ],
    ['lenses', () => client.connection.sendRequest('textDocument/codeLens', about)],
    ['tree', () => client.ask(treeRequest, { uri, order: 'service', parent: null, offset: 0, limit: 100 })],
    [
      'choices',
      () => client.ask(choicesRequest, { uri, side: 'destination', query: 'app-04994', limit: 10 }),
    ],
    ['trace', () => client.ask(traceRequest, { uri, form: { ...form, to: '10.96.0.1:443' }, decisions: [] })],
    [
      'trace again',
      () => client.ask(traceRequest, { uri, form: { ...form, to: '10.96.0.1:443' }, decisions: [] }),
    ],
    ['status', () => client.ask(statusRequest, { uri })],
  ];

  it.each(requests)(
    'answers %s',
    async (name, request) => {
      const start = performance.now();
      const answer = await request();
      console.log(`${name}: ${Math.round(performance.now() - start)} ms`);
      expect(answer).not.toBeNull();
    },
    60_000,
  );

  it('finds nothing in it but Services without endpoints', async () => {
    const expected = Array.from({ length: 500 }, () => 'no-endpoints');
    await expect.poll(() => codesOfRules(client, uri), { timeout: 50_000 }).toEqual(expected);
  }, 60_000);

  it('gives a cancelled request back at once', async () => {
    const source = new CancellationTokenSource();
    const asked = client.ask(
      treeRequest,
      { uri, order: 'hook', parent: null, offset: 0, limit: 10 },
      source.token,
    );
    source.cancel();
    await Promise.allSettled([asked]);
    expect(client.running).toBe(true);
  });
});

function inputRules(line: string): string {
  return `*filter\n:INPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`;
}

describe('the language server, on rules of the other backend', () => {
  const rule = '-A INPUT -s 10.0.0.2/32 -j DROP';
  const text = inputRules(rule);
  const uri = 'file:///node-1/iptables-legacy-save.txt';
  let client: Client;

  beforeAll(async () => {
    client = new Client(server.path);
    client.files.set('iptables-save.txt', inputRules('-A INPUT -s 10.0.0.1/32 -j ACCEPT'));
    client.files.set('iptables-legacy-save.txt', text);
    await client.initialize();
    await client.open(uri, text);
  }, 30_000);

  afterAll(() => client.stop());

  it('shows and follows those that were opened, each row at its place in them', async () => {
    const parent = 'r:4:filter:INPUT';
    const params = { uri, order: 'hook', parent, offset: 0, limit: 1 } as const;
    const { items } = await client.ask(treeRequest, params);
    expect(items.map(({ at }) => [at?.source, text.slice(at?.span.start, at?.span.end)])).toEqual([
      ['iptables-legacy', rule],
    ]);
    expect(items[0]?.location).toEqual({ uri, line: 2, startCharacter: 0, endCharacter: rule.length });
  });

  it('names them in a trace', async () => {
    const asked = { ...form, from: 'external:10.0.0.2', to: '10.0.0.9:80' };
    const answer = await client.ask(traceRequest, { uri, form: asked, decisions: [] });
    expect(answer).toMatchObject({ kind: 'answer', uris: { 'iptables-legacy': uri } });
    if (answer.kind !== 'answer') return;
    expect(JSON.stringify(answer.narrative)).toContain('"location":{"source":"iptables-legacy","line":2,');
  });
});
