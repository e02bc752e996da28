/** `kube-proxy-explorer lsp --stdio` for editors that know nothing of this project: a plain client, and Neovim where it is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Hover, PublishDiagnosticsParams } from 'vscode-languageserver';
import { beforeAll, expect, it } from 'vitest';
import { bundledCli, type Cli, repository } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-lsp-test-'));
/** A node's rules with a jump to nowhere, beside the objects of its cluster. */
const rules = join(folder, 'iptables-save.txt');
const CHAIN = 'KUBE-SVC-AAAAAAAAAAAAAAAA';
let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
  const sample = repository('media/samples/kube-proxy-1.36');
  copyFileSync(join(sample, 'objects.json'), join(folder, 'objects.json'));
  const text = readFileSync(join(sample, 'iptables-save.txt'), 'utf8');
  writeFileSync(
    rules,
    text.replace('\n-A KUBE-SERVICES', `\n-A KUBE-SERVICES -j ${CHAIN}\n-A KUBE-SERVICES`),
  );
});

/** An endpoint, and its Pod's name, which only objects.json has: escaped, as Markdown has it. */
const ENDPOINT = '10.244.1.14';
const POD = String.raw`three\-0`;
/** A chain whose hover offers commands to our own extension. */
const SERVICE_CHAIN = 'KUBE-SVC-';

function placeOf(word: string): { readonly line: number; readonly character: number } {
  const lines = readFileSync(rules, 'utf8').split('\n');
  const line = lines.findIndex((each) => each.includes(word));
  return { line, character: lines[line]?.indexOf(word) ?? -1 };
}

it('serves a plain client, with what lies beside the rules, and ends when it says so', async () => {
  const server = spawn(process.execPath, [cli.file, 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const client = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const uri = pathToFileURL(rules).href;
  const shown = new Promise<PublishDiagnosticsParams>((resolve) => {
    client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      if (params.diagnostics.length > 0) resolve(params);
    });
  });
  client.listen();
  await client.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  await client.sendNotification('initialized', {});
  await client.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'iptables', version: 1, text: readFileSync(rules, 'utf8') },
  });
  expect((await shown).diagnostics.map(({ message }) => message)).toContainEqual(
    expect.stringContaining(CHAIN),
  );
  const hoverOn = async (word: string): Promise<unknown> => {
    const position = placeOf(word);
    const hover: Hover = await client.sendRequest('textDocument/hover', { textDocument: { uri }, position });
    return hover.contents;
  };
  expect(await hoverOn(ENDPOINT)).toMatchObject({ value: expect.stringContaining(POD) });
  // Another editor has no commands of ours.
  expect(await hoverOn(SERVICE_CHAIN)).toMatchObject({ value: expect.not.stringContaining('command:') });
  await client.sendRequest('shutdown');
  await client.sendNotification('exit');
  expect(await ended).toBe(0);
});

const hasNeovim = spawnSync('nvim', ['--version']).status === 0;

it.skipIf(!hasNeovim && process.env['KUBE_PROXY_NO_SKIP'] === undefined)(
  'shows a diagnostic and a hover in Neovim',
  () => {
    const result = join(folder, 'neovim.json');
    const script = new URL('neovim.lua', import.meta.url).pathname;
    const run = spawnSync('nvim', ['--headless', '--clean', '-n', '-c', `luafile ${script}`], {
      env: {
        ...process.env,
        PROGRAM: JSON.stringify([process.execPath, cli.file, 'lsp', '--stdio']),
        FILE: rules,
        WORD: ENDPOINT,
        RESULT: result,
        XDG_STATE_HOME: folder,
      },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(run.error).toBeUndefined();
    const { diagnostics, hover }: { diagnostics: { message: string }[]; hover: string } = JSON.parse(
      readFileSync(result, 'utf8'),
    );
    expect(diagnostics.map(({ message }) => message)).toContainEqual(expect.stringContaining(CHAIN));
    expect(hover).toContain(POD);
  },
);
