/** Files that the server holds without an editor's document: asked as an editor asks, of a real process. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import {
  emptyForm,
  excerptRequest,
  fileProgress,
  type FileProgress,
  type HeldFile,
  holdFileRequest,
  releaseFileRequest,
  servicesRequest,
  shownPlaceRequest,
  statusRequest,
  traceRequest,
  treeRequest,
} from '../../src/protocol/requests.ts';
import { bundleServer, Client } from './client.ts';

let bundle: Awaited<ReturnType<typeof bundleServer>>;
const folder = mkdtempSync(join(tmpdir(), 'kube-proxy-held-'));
beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => {
  bundle.remove();
  rmSync(folder, { recursive: true });
});

const dump = readFileSync('test/dumps/1.36.3/iptables-save.txt', 'utf8');

function fileOf(name: string, content: string | Uint8Array): { readonly uri: string; readonly path: string } {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { uri: pathToFileURL(path).href, path };
}

async function started(): Promise<Client> {
  const client = new Client(bundle.path);
  onTestFinished(() => client.stop());
  await client.initialize();
  return client;
}

function hold(client: Client, file: { readonly uri: string; readonly path: string }): Promise<HeldFile> {
  return client.ask(holdFileRequest, file);
}

test('a held file has its tree, its Services and its traces, and shows places in its chains', async () => {
  const client = await started();
  const file = fileOf('iptables-save.txt', dump);
  const done: number[] = [];
  client.connection.onNotification(fileProgress, (progress: FileProgress) => {
    done.push(progress.done);
  });
  const { uri } = file;
  expect(await hold(client, file)).toMatchObject({ kind: 'held', bytes: dump.length, problem: null });
  expect(done).toEqual([1]);
  expect(client.changed).toContain(uri);
  const tree = { uri, order: 'service', parent: null, offset: 0, limit: 10 } as const;
  expect((await client.ask(treeRequest, tree)).items.length).toBeGreaterThan(0);
  expect((await client.ask(statusRequest, { uri }))?.rules).toBe(dump.match(/^(?:\[.*?\] )?-A/gm)?.length);

  const [found] = await client.ask(servicesRequest, { uri, query: 'np-cluster', limit: 1 });
  const shown = found?.location.uri ?? '';
  expect(shown).toMatch(/^kube-proxy-rules:\/iptables-save\.txt\/nat\/KUBE-SERVICES\?/);
  const text = (await client.ask(excerptRequest, { uri: shown })) ?? '';
  expect(text).toMatch(/^\*nat\n:KUBE-SERVICES - \[\d+:\d+\]\n(?:.*-A KUBE-SERVICES .*\n)+$/);
  const line = text.split('\n')[found?.location.line ?? 0] ?? '';
  expect(line).toContain('edge/np-cluster:http');

  // VS Code hands the excerpt over as it shows it; what it says counts for nothing.
  await client.open(shown, text);
  const position = { line: found?.location.line ?? 0, character: line.indexOf('KUBE-SVC-') + 3 };
  const hover = await client.at<{ contents: { value: string } }>('textDocument/hover', shown, position);
  expect(hover.contents.value.replaceAll('\\', '')).toMatch(/edge\/np-cluster:http.*3 endpoints/s);
  const definition = await client.at<{ uri: string; range: { start: { line: number } } }>(
    'textDocument/definition',
    shown,
    position,
  );
  const chain = (await client.ask(excerptRequest, { uri: definition.uri })) ?? '';
  expect(chain.split('\n')[definition.range.start.line]).toMatch(/^:KUBE-SVC-/);

  const form = { ...emptyForm, from: 'external', to: 'edge/np-cluster:http' };
  const answer = await client.ask(traceRequest, { uri, form, decisions: [] });
  expect(answer.kind).toBe('answer');
  const whole = dump.split('\n').findIndex((each) => each.includes('edge/np-cluster:http cluster IP'));
  const place = { uri, line: whole, startCharacter: 0, endCharacter: 3 };
  expect(await client.ask(shownPlaceRequest, place)).toMatchObject({
    uri: shown,
    startCharacter: 0,
    endCharacter: 3,
  });
});

test('what is found stands at the chains, and goes with the file', async () => {
  const client = await started();
  const text = '*nat\n:PREROUTING ACCEPT [0:0]\n:A - [0:0]\n-A PREROUTING -j A\n-A A -j NOPE\nwhat\nCOMMIT\n';
  const file = fileOf('broken.txt', text);
  await hold(client, file);
  const name = (chain: string): string =>
    `kube-proxy-rules:/broken.txt/nat/${chain}?${encodeURIComponent(JSON.stringify([file.uri, 0, chain, 0]))}`;
  const { diagnostics } = await client.diagnostics(name('A'));
  expect(diagnostics.map(({ code, range }) => [code, range.start])).toEqual([
    ['undefined-jump-target', { line: 2, character: 8 }],
  ]);
  const lines = `kube-proxy-rules:/broken.txt/lines%20from%201?${encodeURIComponent(JSON.stringify([file.uri, null, null, 0]))}`;
  expect((await client.diagnostics(lines)).diagnostics).toHaveLength(1);
  expect((await client.ask(excerptRequest, { uri: lines }))?.split('\n')[0]).toBe('*nat');
  await client.ask(releaseFileRequest, { uri: file.uri });
  expect(client.published(name('A'))?.diagnostics).toEqual([]);
  expect(await client.ask(excerptRequest, { uri: name('A') })).toBeNull();
  expect(await client.ask(statusRequest, { uri: file.uri })).toBeNull();
});

test('read again, it is what it is now', async () => {
  const client = await started();
  const file = fileOf('again.txt', '*nat\n:A - [0:0]\n-A A -j RETURN\nCOMMIT\n');
  expect(await hold(client, file)).toMatchObject({ rules: 1 });
  fileOf('again.txt', '*nat\n:A - [0:0]\n-A A -j RETURN\n-A A -j RETURN\nCOMMIT\n');
  expect(await hold(client, file)).toMatchObject({ rules: 2 });
  expect((await client.ask(statusRequest, { uri: file.uri }))?.rules).toBe(2);
});

test('the document of an editor counts, as long as it is open', async () => {
  const client = await started();
  const file = fileOf('open.txt', '*nat\n:A - [0:0]\n-A A -j RETURN\nCOMMIT\n');
  await hold(client, file);
  await client.open(file.uri, '*nat\n:A - [0:0]\nCOMMIT\n');
  expect((await client.ask(statusRequest, { uri: file.uri }))?.rules).toBe(0);
  const place = { uri: file.uri, line: 1, startCharacter: 0, endCharacter: 1 };
  expect(await client.ask(shownPlaceRequest, place)).toEqual(place);
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: file.uri } });
  expect((await client.ask(statusRequest, { uri: file.uri }))?.rules).toBe(1);
});

test.each([
  ['a folder', () => folder, /is a folder, not a file: it is not read\.$/],
  ['a device', () => '/dev/zero', /is a device, not a file: it is not read\.$/],
  ['nothing', () => join(folder, 'absent'), /cannot be read: it is not there\.$/],
  [
    'YAML',
    () => fileOf('a.yaml', 'apiVersion: v1\nkind: Service\n').path,
    /holds no rules of iptables, but YAML\.$/,
  ],
  ['no text', () => fileOf('a.bin', new Uint8Array(9000)).path, /holds no rules of iptables/],
])('%s is refused', async (_name, path, why) => {
  const client = await started();
  const named = path();
  const answer = await hold(client, { uri: pathToFileURL(named).href, path: named });
  expect(answer).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) as unknown });
});

test('a reading that is taken back leaves nothing', async () => {
  const client = await started();
  const file = fileOf('taken-back.txt', dump);
  const source = new CancellationTokenSource();
  const answer = client.ask(holdFileRequest, file, source.token);
  source.cancel();
  await expect(answer).rejects.toThrow(/not wanted|cancelled/);
  expect(await client.ask(statusRequest, { uri: file.uri })).toBeNull();
});
