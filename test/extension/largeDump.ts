/** 235,540 lines in 19 MB: every feature answers, and what the extension host was kept from meanwhile is printed. */
import * as assert from 'node:assert/strict';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { showInTreeCommand } from '../../src/protocol/commands.ts';
import { emptyForm, traceRequest } from '../../src/protocol/requests.ts';
import { chainSelectedBy, extension, nextEvent, positionOf, workspaceFile } from './support.ts';
import { say, Suite } from './runner.ts';

export const largeDump = new Suite('a dump of 19 MB');

const file = 'large/iptables-save.txt';
/** A rule in the midst of the 10,501 of KUBE-SERVICES. */
const service = 'tenant-17/app-04737:http cluster IP';

const delay = monitorEventLoopDelay({ resolution: 5 });

/** Runs a step and prints how long it took, and the longest time that the extension host did nothing else. */
async function measured<Value>(step: string, run: () => Thenable<Value>): Promise<Value> {
  delay.reset();
  const started = performance.now();
  const value = await run();
  const took = performance.now() - started;
  // What blocks is seen when the timer of the monitor runs again.
  await new Promise((resolve) => setImmediate(resolve));
  const [longest, high] = [delay.max, delay.percentile(99)].map((ns) => (ns / 1e6).toFixed(0));
  say(`     ${step}: ${took.toFixed(0)} ms; extension host held for at most ${longest} ms, p99 ${high} ms`);
  return value;
}

async function open(): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(file));
  await vscode.window.showTextDocument(document);
  return document;
}

function provider<Result>(name: string, ...rest: readonly unknown[]): Thenable<Result> {
  return vscode.commands.executeCommand<Result>(`vscode.execute${name}`, ...rest);
}

largeDump.test('it opens as rules and is read', async () => {
  delay.enable();
  const read = nextEvent(extension().exports.server.onDidChangeRules, (uri) => uri.endsWith(file));
  const document = await measured('open', open);
  assert.equal(document.languageId, 'iptables');
  assert.ok(document.lineCount > 235_000, `${document.lineCount} lines`);
  await measured('read', () => read);
});

largeDump.test('it has an outline, folds and colours', async () => {
  const { uri } = await open();
  const symbols = await measured('outline', () =>
    provider<vscode.DocumentSymbol[]>('DocumentSymbolProvider', uri),
  );
  assert.ok(symbols.some(({ name }) => name.includes('nat')));
  const folds = await measured('folding', () => provider<vscode.FoldingRange[]>('FoldingRangeProvider', uri));
  assert.ok(folds.length >= 3, `${folds.length} folds`);
  const some = new vscode.Range(168_500, 0, 168_560, 0);
  const tokens = await measured('colours', () =>
    vscode.commands.executeCommand<vscode.SemanticTokens>(
      'vscode.provideDocumentRangeSemanticTokens',
      uri,
      some,
    ),
  );
  assert.ok(tokens.data.length > 0);
});

largeDump.test('a KUBE-SVC chain has its hover, definition and references', async () => {
  const document = await open();
  const { uri } = document;
  const position = positionOf(document, 'KUBE-SVC-', service).translate(0, 3);
  const hovers = await measured('hover', () => provider<vscode.Hover[]>('HoverProvider', uri, position));
  const text = hovers
    .flatMap(({ contents }) => contents.map((each) => (typeof each === 'string' ? each : each.value)))
    .join('\n')
    .replaceAll('\\', '');
  assert.match(text, /tenant-17\/app-04737:http/);
  assert.match(text, /20\.0 %/);
  const found = await measured('definition', () => provider<unknown[]>('DefinitionProvider', uri, position));
  assert.equal(found.length, 1);
  const uses = await measured('references', () => provider<unknown[]>('ReferenceProvider', uri, position));
  assert.ok(uses.length >= 1, `${uses.length} references`);
});

largeDump.test('the tree opens at a chain in the midst of KUBE-SERVICES', async () => {
  const document = await open();
  const chain = /KUBE-SVC-\w+/.exec(document.lineAt(positionOf(document, service).line).text)?.[0] ?? '';
  const argument = { uri: document.uri.toString(), table: 'nat', chain };
  const selected = await measured('show in the tree', () =>
    chainSelectedBy(() => vscode.commands.executeCommand(showInTreeCommand, argument)),
  );
  assert.equal(selected, chain);
});

largeDump.test('a trace gets to its endpoints', async () => {
  const { uri } = await open();
  const form = { ...emptyForm, from: 'pod:10.244.1.7', to: '10.102.240.135:80', protocol: 'tcp' };
  const params = { uri: uri.toString(), form, decisions: [] };
  const { server } = extension().exports;
  await measured('first trace', () => server.request(traceRequest, params));
  const answer = await measured('trace', () => server.request(traceRequest, params));
  assert.equal(answer.kind, 'answer', JSON.stringify(answer));
  if (answer.kind !== 'answer') return;
  assert.equal(answer.narrative.groups.flatMap(({ outcomes }) => outcomes).length, 5);
});

largeDump.test('it is edited and closed', async () => {
  const document = await open();
  const { server } = extension().exports;
  const read = nextEvent(server.onDidChangeRules, (uri) => uri.endsWith(file));
  await measured('edit', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# one more line\n');
    await vscode.workspace.applyEdit(edit);
    await read;
  });
  await measured('close', () =>
    vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'),
  );
  delay.disable();
});
