/** What an editor is answered that asks for diagnostics: LSP 3.17, `textDocument/diagnostic`. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { CancellationTokenSource, type DocumentDiagnosticReport } from 'vscode-languageserver';
import { createIptablesLanguageService } from '../../src/language/languageService.ts';
import { RulesDocument } from '../../src/language/rulesDocument.ts';
import { DocumentProblems } from '../../src/server/documentProblems.ts';
import { EditClock } from '../../src/server/editClock.ts';
import { PulledDiagnostics } from '../../src/server/handlers/pulledDiagnostics.ts';
import { Facts } from '../../src/server/facts.ts';
import { LiveObjects } from '../../src/server/liveObjects.ts';
import { SiblingFiles, type Siblings } from '../../src/server/siblings.ts';
import { Workspace } from '../../src/server/workspace.ts';
import { bundleServer, Client } from './client.ts';

const uri = 'file:///node-1/iptables-save.txt';
const wrong = '*filter\n-A INPUT -j NOPE\nCOMMIT\n';
const right = '*filter\n-A INPUT -j ACCEPT\nCOMMIT\n';
const asks = { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } };

let server: { readonly path: string; readonly remove: () => void };
let client: Client;
let refreshes = 0;

beforeAll(async () => {
  server = await bundleServer();
}, 60_000);
afterAll(() => server.remove());
beforeEach(() => {
  client = new Client(server.path);
  refreshes = 0;
  client.connection.onRequest('workspace/diagnostic/refresh', () => {
    refreshes++;
    return null;
  });
});
afterEach(() => client.stop());

function pull(previousResultId?: string): Promise<DocumentDiagnosticReport> {
  return client.connection.sendRequest('textDocument/diagnostic', {
    textDocument: { uri },
    ...(previousResultId === undefined ? {} : { previousResultId }),
  });
}

function codesOf(report: DocumentDiagnosticReport): readonly unknown[] {
  return report.kind === 'full' ? report.items.map(({ code }) => code) : [report.kind];
}

test('an editor that asks is told of nothing by itself, and what it has is not sent again', async () => {
  expect(await client.initialize(asks)).toMatchObject({
    capabilities: { diagnosticProvider: { workspaceDiagnostics: false } },
  });
  await client.open(uri, wrong);
  const first = await pull();
  expect(codesOf(first)).toEqual(['undefined-jump-target']);
  expect(await pull(first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
  expect(client.published(uri)).toBeUndefined();
  expect(refreshes).toBe(0);
});

test('an editor that cannot be told to ask again is told of diagnostics', async () => {
  const answer = await client.initialize({ textDocument: { diagnostic: {} } });
  expect(answer).not.toHaveProperty('capabilities.diagnosticProvider');
  await client.open(uri, wrong);
  expect((await client.diagnostics(uri)).diagnostics).toHaveLength(1);
});

test('what is asked at every letter of a word is answered for the last one', async () => {
  await client.initialize(asks);
  await client.open(uri, wrong);
  const first = await pull();
  const answers: Promise<DocumentDiagnosticReport>[] = [];
  for (const [index, word] of ['A', 'AC', 'ACC', 'ACCE', 'ACCEP', 'ACCEPT'].entries()) {
    await client.change(uri, index + 2, wrong.replace('NOPE', word));
    answers.push(pull(first.resultId));
  }
  expect((await Promise.all(answers)).map(codesOf)).toEqual(answers.map(() => []));
});

test('an answer of a document that is closed meanwhile is empty', async () => {
  await client.initialize(asks);
  await client.open(uri, wrong);
  const answer = pull();
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  expect(codesOf(await answer)).toEqual([]);
});

test('a request that is cancelled is refused, and the next one answered', async () => {
  await client.initialize(asks);
  await client.open(uri, right);
  const cancelled = new CancellationTokenSource();
  const answer = client.connection.sendRequest(
    'textDocument/diagnostic',
    { textDocument: { uri } },
    cancelled.token,
  );
  cancelled.cancel();
  await expect(answer).rejects.toMatchObject({ code: expect.toBeOneOf([-32800, -32802]) });
  expect(codesOf(await pull())).toEqual([]);
});

test('when a file beside documents changes, the editor is told to ask again, once for all', async () => {
  await client.initialize(asks);
  await client.open(uri, right);
  await client.open('file:///node-1/ip6tables-save.txt', right);
  const shown = await client.connection.sendRequest('textDocument/foldingRange', { textDocument: { uri } });
  await client.siblingsChanged('file:///node-1/objects.json');
  // Answers come behind what the server says first. Pulls may be told to come again, where the machine is slow.
  const still = await client.connection.sendRequest('textDocument/foldingRange', { textDocument: { uri } });
  expect(still).toEqual(shown);
  expect(refreshes).toBe(1);
  const first = await pull();
  expect(await pull(first.resultId)).toMatchObject({ kind: 'unchanged' });
});

function late(): Promise<Siblings> {
  return new Promise((resolve) => setTimeout(resolve, 5_000, new Map()));
}

describe('while the files beside a document are long in coming', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('what is wrong in its text is the answer, and all of it the next one', async () => {
    const workspace = new Workspace(
      new SiblingFiles(late),
      new Facts(() => Promise.resolve({ given: [], unread: [], beside: [] })),
      new LiveObjects(() => undefined),
    );
    const service = createIptablesLanguageService({
      links: null,
      trace: null,
      convert: null,
      lineFeeds: null,
    });
    const problems = new DocumentProblems(workspace, service, { current: { levels: new Map() } });
    const refresh = vi.fn(() => Promise.resolve());
    const pulled = new PulledDiagnostics(
      problems,
      new EditClock(() => undefined),
      refresh,
      expect.unreachable,
    );
    workspace.put(new RulesDocument({ uri, version: 1, text: wrong }));
    const { token } = new CancellationTokenSource();
    const answer = pulled.answer({ textDocument: { uri } }, token);
    await vi.advanceTimersByTimeAsync(500);
    const first = await answer;
    expect(codesOf(first)).toEqual(['undefined-jump-target']);
    expect(refresh).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(refresh).toHaveBeenCalledOnce();
    const again = { textDocument: { uri }, previousResultId: first.resultId ?? '' };
    expect(await pulled.answer(again, token)).toMatchObject({ kind: 'unchanged' });
  });
});
